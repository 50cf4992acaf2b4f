# frozen_string_literal: true

ENV["RAILS_ENV"] = "test"

$LOAD_PATH.unshift File.expand_path("../lib", __dir__)

require "minitest/autorun"
require "json"
require "stringio"
require "tmpdir"
require "action_view"
require "action_view/test_case"
require "earlybid"

module EarlybidTest
  LOADER = File.expand_path("fixtures/loader.js", __dir__)

  # As much of a request as the helper needs.
  FakeRequest = Struct.new(:base_url, :content_security_policy_nonce, :content_security_policy_nonce_directives,
                           :said, keyword_init: true) do
    def get_header(name)
      (said || {})[name]
    end
  end

  # Settings of a site with two ad units; the block changes what a test is about.
  def self.configure
    Earlybid.configure do |config|
      config.account = "demo-publisher"
      config.auction_url = "https://bids.example/openrtb2/auction"
      config.events_url = "https://events.example/ads.render"
      config.page = { site: "recipes", type: "recipe" }
      config.loader_path = LOADER
      config.ad_unit "recipe-top", code: "div-top", sizes: [[728, 90]], ad_unit_path: "/1234/recipes/recipe/top"
      config.ad_unit "recipe-side", code: "div-side", sizes: [[300, 250], [300, 600]], ad_unit_path: "/1234/recipes/recipe/side"
      yield config if block_given?
    end
  end

  # Runs the block the way production runs: mistakes are logged. Returns what was logged.
  def self.in_production
    log = StringIO.new
    Earlybid.raise_errors = false
    Earlybid.logger = Logger.new(log)
    yield
    log.string
  ensure
    Earlybid.raise_errors = true
    Earlybid.logger = nil
  end
end
