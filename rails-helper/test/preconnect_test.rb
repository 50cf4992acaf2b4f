# frozen_string_literal: true

require "test_helper"

class PreconnectTest < Minitest::Test
  def links(own: "https://www.example", **settings)
    config = EarlybidTest.configure do |given|
      settings.each { |key, value| given.public_send("#{key}=", value) }
    end
    Earlybid::Preconnect.links(config, own)
  end

  def test_leaves_out_paths_and_the_pages_own_origin
    assert_empty links(auction_url: "/bids/auction")
    assert_empty links(auction_url: "https://WWW.example:443/auction")
  end

  def test_a_port_or_scheme_makes_another_origin
    assert_equal [["https://www.example:8443", "use-credentials"]], links(auction_url: "https://www.example:8443/auction")
    assert_equal [["http://www.example", "use-credentials"]], links(auction_url: "http://www.example/auction")
  end

  def test_matches_the_credentials_of_the_request_that_follows
    scripts = ["https://tags.example/gpt.js", "https://tags.example/impl.js"]
    assert_equal [
      ["https://bids.example", "use-credentials"], ["https://cdn.example", "anonymous"], ["https://tags.example", nil]
    ], links(sdk_url: "https://cdn.example/earlybid/", ad_server: { type: "gpt", scripts: scripts })
  end

  def test_auctions_without_cookies_use_the_other_connection
    assert_equal [["https://bids.example", "anonymous"]], links(credentials: false)
  end

  def test_one_host_gets_one_link_for_each_kind_of_connection
    host = "https://ads.example"
    found = links(auction_url: "#{host}/auction", sdk_url: "#{host}/sdk/", ad_server: { type: "gpt", scripts: ["#{host}/gpt.js"] })
    assert_equal [[host, "use-credentials"], [host, "anonymous"]], found
  end

  def test_without_a_request_every_host_is_another_one
    assert_equal [["https://bids.example", "use-credentials"]], links(own: nil)
  end
end
