# frozen_string_literal: true

require "test_helper"
require "action_controller"
require "rack/mock"

class ControllerTest < Minitest::Test
  class RecipesController < ActionController::Base
    PAGE = "<%= earlybid_head_tag page: { type: 'recipe' } %><%= earlybid_slot_tag 'recipe-top' %>"

    earlybid_links only: :show, slots: %w[recipe-top], stored_request: "recipe-page", query: { pubid: "shop" }
    earlybid_links only: %i[plain broken]

    def show
      response.headers["Link"] = [response.headers["Link"], "</site.css>; rel=preload; as=style"].compact.join(", ")
      render inline: PAGE, formats: :html
    end

    def plain
      respond_to do |format|
        format.html { render inline: "<%= earlybid_head_tag page: { type: 'recipe' }, slots: %w[recipe-side] %>" }
        format.json { render json: {} }
      end
    end

    def other
      head :ok
    end

    def broken
      send_earlybid_links slots: %w[nowhere]
      render plain: "page"
    end
  end

  ADDRESS = "/ads/auction?pubid=shop&srid=recipe-page&tmax=700"
  AUCTION = "<#{ADDRESS}>; rel=preload; as=fetch; crossorigin=use-credentials".freeze
  RESOURCES = ["</earlybid/sdk.js>; rel=modulepreload", "</earlybid/sdk.wasm>; rel=preload; as=fetch; crossorigin"].freeze

  def setup
    EarlybidTest.configure { |config| config.auction_url = "/ads/auction" }
  end

  # Headers, text and early hints of an answer.
  def get(action, **env)
    hints = []
    given = { "rack.early_hints" => ->(headers) { hints << headers } }.merge(env.transform_keys(&:to_s))
    _, headers, body = RecipesController.action(action).call(Rack::MockRequest.env_for("https://www.example/", given))
    text = +""
    body.each { |part| text << part }
    [headers["Link"]&.split(", "), text, hints]
  end

  def page_config(text)
    JSON.parse(text[%r{<script type="application/json" id="earlybid-config">(.*?)</script>}m, 1])
  end

  def test_the_answer_names_the_auction_first_then_what_the_page_needs_and_keeps_other_links
    links, = get(:show)
    assert_equal [AUCTION, *RESOURCES, "</site.css>; rel=preload; as=style"], links
  end

  def test_the_page_config_has_the_same_address_and_the_slots_of_the_controller
    _, text, = get(:show)
    config = page_config(text)
    assert_equal ADDRESS, config["auctionGetUrl"]
    assert_equal "/ads/auction", config["auctionUrl"]
    assert_equal(%w[div-top], config["slots"].map { |slot| slot["code"] })
  end

  def test_early_hints_name_everything_but_the_auction
    _, _, hints = get(:show)
    assert_equal [{ "link" => RESOURCES.join(", ") }], hints
  end

  def test_without_a_stored_request_the_auction_is_left_to_the_loader
    links, text, = get(:plain)
    assert_equal RESOURCES, links
    refute_includes page_config(text).keys, "auctionGetUrl"
  end

  def test_a_page_that_is_fetched_ahead_holds_no_auction_before_it_is_seen
    %w[prefetch prefetch;prerender].each do |purpose|
      links, text, = get(:show, HTTP_SEC_PURPOSE: purpose)
      assert_equal RESOURCES, links.first(2)
      assert_equal ADDRESS, page_config(text)["auctionGetUrl"]
    end
  end

  def test_only_pages_of_the_named_actions_get_links
    assert_nil get(:other).first
    links, _, hints = get(:plain, HTTP_ACCEPT: "application/json")
    assert_nil links
    assert_empty hints
  end

  def test_the_nonce_of_the_policy_is_on_scripts_and_loader
    nonce = ->(_request) { "abc" }
    links, text, = get(:show, "action_dispatch.content_security_policy_nonce_generator": nonce)
    assert_includes links, '</earlybid/sdk.js>; rel=modulepreload; nonce="abc"'
    assert_includes text, '<script nonce="abc">'
  end

  def test_a_mistake_raises_and_in_production_costs_the_links_only
    assert_raises(Earlybid::SlotError) { get(:broken) }
    text = nil
    logged = EarlybidTest.in_production { _, text, = get(:broken) }
    assert_equal "page", text
    assert_includes logged, 'no ad unit "nowhere"'
  end
end
