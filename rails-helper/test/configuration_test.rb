# frozen_string_literal: true

require "test_helper"

class ConfigurationTest < Minitest::Test
  def test_takes_defaults_for_what_is_not_set
    config = EarlybidTest.configure
    assert_equal "/earlybid/", config.sdk_url
    assert_equal 700, config.tmax
    assert_equal 1500, config.failsafe
    assert_nil config.ad_server
    assert_equal({ site: "recipes", type: "recipe", variant: "early" }, config.page_names({}))
  end

  def test_cannot_be_changed_after_the_check
    config = EarlybidTest.configure
    assert_raises(FrozenError) { config.tmax = 100 }
    assert_raises(FrozenError) { config.ad_unit "late", sizes: [[1, 1]] }
  end

  # Setting, value, and how the message begins.
  UNFIT = [
    [:account, nil, "account is missing"],
    [:account, "", "account is missing"],
    [:account, 7, "account must be a string: 7"],
    [:account, "caf\xE9".b, "account must be valid UTF-8"],
    [:account, "caf\xE9", "account must be valid UTF-8"],
    [:auction_url, nil, "auction_url is missing"],
    [:auction_url, "bids.example/auction", "auction_url must start with"],
    [:auction_url, "//bids.example/auction", "auction_url must start with"],
    [:auction_url, "https:///auction", "auction_url must start with"],
    [:auction_url, "javascript:alert(1)", "auction_url must start with"],
    [:events_url, "https://events example/", "events_url is not a URL"],
    [:sdk_url, "/earlybid", "sdk_url must end with a slash"],
    [:credentials, "no", "credentials must be true or false"],
    [:connect_to, ["https://creatives.example/path"], "connect_to[0] must be an origin"],
    [:connect_to, ["https://a.example", "b.example"], "connect_to[1] must start with"],
    [:tmax, "700", "tmax must be a whole number"],
    [:tmax, 0, "tmax must be a whole number"],
    [:failsafe, 1.5, "failsafe must be a whole number"],
    [:failsafe, 600, "failsafe must not be below tmax (700): 600"],
    [:ad_server, "gpt", "ad_server must be a hash"],
    [:ad_server, { type: "gpt" }, "ad_server.scripts is missing"],
    [:ad_server, { type: "other", scripts: ["/a.js"] }, "ad_server.type must be one of gpt"],
    [:ad_server, { type: "gpt", scripts: ["/a.js", "b.js"] }, "ad_server.scripts[1] must start with"],
    [:ad_server, { type: "gpt", script: "/a.js" }, "ad_server.script is not known"],
    [:page, { colour: "red" }, "page.colour is not known"],
    [:page, { site: 5 }, "page.site must be a string"],
    [:default_slots, ["footer"], %(default_slots has no such ad unit: "footer")],
    [:loader_path, "no/such/loader.js", "loader_path cannot be read"]
  ].freeze

  def test_names_the_key_of_an_unfit_value
    UNFIT.each do |key, value, message|
      error = assert_raises(Earlybid::ConfigurationError, "#{key} = #{value.inspect}") do
        EarlybidTest.configure { |config| config.public_send("#{key}=", value) }
      end
      assert error.message.start_with?(message), error.message
    end
  end

  def test_keeps_the_settings_of_before_when_new_ones_are_unfit
    before = EarlybidTest.configure
    assert_raises(Earlybid::ConfigurationError) { EarlybidTest.configure { |config| config.tmax = -1 } }
    assert_same before, Earlybid.config
  end

  def test_takes_paths_of_the_own_host
    config = EarlybidTest.configure { |settings| settings.auction_url = "/bids/openrtb2/auction" }
    assert_equal "/bids/openrtb2/auction", config.auction_url
  end

  def test_refuses_two_ad_units_of_one_name
    error = assert_raises(Earlybid::ConfigurationError) do
      EarlybidTest.configure { |config| config.ad_unit "recipe-top", sizes: [[1, 1]] }
    end
    assert_equal %(ad_unit "recipe-top" is defined twice), error.message
  end

  def test_a_page_has_to_be_named_in_full
    config = EarlybidTest.configure { |settings| settings.page = { site: "recipes" } }
    error = assert_raises(Earlybid::ConfigurationError) { config.page_names({}) }
    assert_match(/\Apage\.type is missing/, error.message)
    assert_equal "home", config.page_names({ type: :home })[:type]
  end
end
