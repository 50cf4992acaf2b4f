# frozen_string_literal: true

require "test_helper"

class LinksTest < Minitest::Test
  OWN = "https://www.example"

  def configured(**settings)
    EarlybidTest.configure { |given| settings.each { |key, value| given.public_send("#{key}=", value) } }
  end

  def resources(nonce: nil, **settings)
    Earlybid::Links.resources(configured(**settings), OWN, nonce)
  end

  def test_without_an_ad_server_the_module_is_wanted_at_once
    assert_equal [
      "<https://bids.example>; rel=preconnect; crossorigin=use-credentials",
      "</earlybid/sdk.js>; rel=modulepreload",
      "</earlybid/sdk.wasm>; rel=preload; as=fetch; crossorigin"
    ], resources
  end

  def test_with_an_ad_server_its_scripts_come_before_the_module
    scripts = ["https://tags.example/gpt.js", "https://tags.example/impl.js"]
    assert_equal [
      "</earlybid/sdk.js>; rel=modulepreload",
      "<https://tags.example/gpt.js>; rel=preload; as=script",
      "<https://tags.example/impl.js>; rel=preload; as=script",
      "<https://creatives.example>; rel=preconnect"
    ], resources(auction_url: "/ads/auction", ad_server: { type: "gpt", scripts: scripts }, connect_to: ["https://creatives.example"])
  end

  def test_connections_are_for_auctions_as_they_are_asked
    assert_includes resources(credentials: false), "<https://bids.example>; rel=preconnect; crossorigin"
    refute_includes resources(auction_url: "#{OWN}/ads/auction").join, "preconnect"
  end

  def test_scripts_carry_the_nonce_and_data_does_not
    found = resources(nonce: "r4nd0m+/=", ad_server: { type: "gpt", scripts: ["/gpt.js"] }).grep(/nonce/)
    assert_equal ['</earlybid/sdk.js>; rel=modulepreload; nonce="r4nd0m+/="', '</gpt.js>; rel=preload; as=script; nonce="r4nd0m+/="'], found
    refute_match(/nonce/, resources(nonce: "abc").last)
  end

  def test_the_auction_is_named_with_the_credentials_of_the_request
    { true => "crossorigin=use-credentials", false => "crossorigin" }.each do |credentials, mode|
      assert_equal "</a?srid=x>; rel=preload; as=fetch; #{mode}", Earlybid::Links.auction(configured(credentials: credentials), "/a?srid=x")
    end
  end

  def test_the_auctions_address_names_the_stored_request
    address = ->(url, name, query = {}) { Earlybid::Links.auction_address(configured(auction_url: url), name, query) }
    assert_equal "/ads/auction?srid=recipe-page&tmax=700", address.call("/ads/auction", "recipe-page")
    assert_equal "/ads/auction?site=1&srid=a%3E%2Cb&tmax=700", address.call("/ads/auction?site=1", "a>,b")
    assert_equal "/ads/auction?pubid=shop&srid=x&tmax=500", address.call("/ads/auction", "x", { tmax: 500, pubid: "shop" })
    assert_raises(Earlybid::ConfigurationError) { address.call("/ads/auction", "") }
  end
end
