# frozen_string_literal: true

require "active_support/concern"

module Earlybid
  # For controllers whose pages have slots: names what such a page needs in `Link` headers, and in a 103
  # before them where the server can send one.
  module Controller
    extend ActiveSupport::Concern

    # Where the head tag finds what the controller has said about this request's page.
    SLOTS = "earlybid.slots"
    AUCTION = "earlybid.auction"

    class_methods do
      # Does `send_earlybid_links` before the actions that `filter` (only:, if:, … of before_action) names.
      def earlybid_links(slots: nil, stored_request: nil, query: {}, **filter)
        before_action(**filter) { send_earlybid_links(slots: slots, stored_request: stored_request, query: query) }
      end
    end

    private

    # `slots` are names of ad units, for a head tag to which none are given. `stored_request` is the name of a
    # stored request of the bid server that has the imps of these slots: the first auction is then asked
    # for by GET, with `query` as further parameters, and begins when the headers of the page arrive.
    def send_earlybid_links(slots: nil, stored_request: nil, query: {})
      return unless request.format&.html?

      config = Earlybid.config
      request.set_header(SLOTS, Array(slots).each { |name| config.find_ad_unit(name) }) if slots
      values = Links.resources(config, request.base_url, request.content_security_policy_nonce)
      request.send_early_hints("link" => values.join(", "))
      values.unshift(*_earlybid_auction_link(config, stored_request, query)) if stored_request
      response.headers["Link"] = [response.headers["Link"].presence, *values].compact.join(", ")
    rescue Error => e
      raise if Earlybid.raise_errors

      Earlybid.logger.error("#{e.class}: #{e.message}")
    end

    # A page that is fetched ahead holds its auction when somebody sees it; with a link, the browser would not wait.
    def _earlybid_auction_link(config, stored_request, query)
      address = Links.auction_address(config, stored_request, query)
      request.set_header(AUCTION, address)
      request.get_header("HTTP_SEC_PURPOSE").to_s.include?("prefetch") ? [] : [Links.auction(config, address)]
    end
  end
end
