# frozen_string_literal: true

require "uri"

module Earlybid
  # Which hosts are worth a connection before their first request.
  module Preconnect
    # Connections are kept apart by whether they carry credentials, so the attribute has to match the
    # request that follows: the auction sends cookies (unless it is told not to), and so do plain script
    # elements; the SDK's module and Wasm do not. Where a browser blocks third-party cookies, it may open the auction's connection
    # anew anyway; on a host of the publisher's own site the link works.
    #
    # Returns [origin, crossorigin] pairs without the page's own origin. Events are not in a hurry
    # and get no connection of their own.
    def self.links(config, own_origin)
      scripts = config.ad_server ? config.ad_server[:scripts] : []
      wanted = [[config.auction_url, config.credentials ? "use-credentials" : "anonymous"], [config.sdk_url, "anonymous"]]
      wanted.concat(scripts.map { |url| [url, nil] })
      wanted.map { |url, mode| [origin(url), mode] }
            .reject { |found, _| found.nil? || found == own_origin }
            .uniq { |found, mode| [found, mode == "anonymous"] }
    end

    # nil for a path, which is on the page's own origin.
    def self.origin(url)
      parsed = URI.parse(url)
      return unless parsed.is_a?(URI::HTTP)

      port = parsed.port == parsed.default_port ? "" : ":#{parsed.port}"
      "#{parsed.scheme}://#{parsed.host.downcase}#{port}"
    end
  end
end
