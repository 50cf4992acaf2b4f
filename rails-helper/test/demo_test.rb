# frozen_string_literal: true

require "test_helper"
require "open3"
require "rbconfig"

# Runs the demo's renderer as `cargo xtask demo` does and reads the page as a browser would.
class DemoTest < Minitest::Test
  SCRIPT = File.expand_path("../demo/render.rb", __dir__)
  AD_SERVER = "http://127.0.0.1:3001/tag/js"
  ADDRESSES = {
    "--loader" => EarlybidTest::LOADER,
    "--auction-url" => "http://127.0.0.1:8000/openrtb2/auction",
    "--events-url" => "http://127.0.0.1:9880/ads.render",
    "--sdk-url" => "/earlybid/"
  }.freeze

  def render(options = ADDRESSES, scripts: ["#{AD_SERVER}/gpt.js", "#{AD_SERVER}/pubads_impl.js"])
    Dir.mktmpdir do |folder|
      out = File.join(folder, "rails")
      arguments = options.to_a.flatten + scripts.flat_map { |url| ["--ad-server-script", url] } + ["--out", out]
      output, status = Open3.capture2e(RbConfig.ruby, SCRIPT, *arguments)
      assert_predicate status, :success?, output
      assert_empty output
      assert_equal %w[index.html recipes.css], Dir.children(out).sort
      assert_equal File.read(File.expand_path("../demo/assets/recipes.css", __dir__)), File.read(File.join(out, "recipes.css"))
      return File.read(File.join(out, "index.html"), encoding: "UTF-8")
    end
  end

  def test_page_config_names_the_pages_slots
    page = Nokogiri::HTML(render)
    assert_equal({
      "account" => "demo-publisher",
      "auctionUrl" => "http://127.0.0.1:8000/openrtb2/auction",
      "eventsUrl" => "http://127.0.0.1:9880/ads.render",
      "sdkUrl" => "/earlybid/",
      "tmax" => 700,
      "failsafe" => 1500,
      "adServer" => { "type" => "gpt", "scripts" => ["#{AD_SERVER}/gpt.js", "#{AD_SERVER}/pubads_impl.js"] },
      "page" => { "site" => "recipes", "type" => "recipe", "variant" => "early" },
      "slots" => [
        { "code" => "div-top", "adUnitPath" => "/1234/recipes/recipe/top", "sizes" => [[728, 90]], "storedImp" => "recipe-top" },
        { "code" => "div-side", "adUnitPath" => "/1234/recipes/recipe/side", "sizes" => [[300, 250]], "storedImp" => "recipe-side" }
      ]
    }, JSON.parse(page.at("script#earlybid-config").text))
  end

  def test_loader_stands_before_the_style_sheet_and_the_ad_server_set_up
    html = render
    places = ['id="earlybid-config"', File.read(EarlybidTest::LOADER).strip, 'rel="stylesheet"', "googletag.defineSlot"]
    found = places.map { |text| html.index(text) }
    assert_equal found.compact.sort, found
  end

  def test_each_slot_is_reserved_defined_and_displayed
    html = render
    page = Nokogiri::HTML(html)
    { "div-top" => "min-height:90px", "div-side" => "min-height:250px" }.each do |code, room|
      assert_includes page.at("##{code}")["style"], room
      assert_match(/defineSlot\("[^"]+", \[\[\d+, \d+\]\], "#{code}"\)/, html)
      assert_includes html, %(googletag.display("#{code}"))
    end
    assert_equal 1, page.css("h1").length
    assert_equal "Barley soup with roasted carrots", page.at("title").text
  end

  def test_without_an_ad_server_the_page_does_not_mention_one
    html = render(scripts: [])
    refute_includes html, "googletag"
    refute_includes html, "adServer"
  end

  def test_a_missing_option_or_loader_is_named
    { "--auction-url" => nil, "--loader" => "no/such/loader.js" }.each do |name, value|
      options = ADDRESSES.merge(name => value).compact
      output, status = Open3.capture2e(RbConfig.ruby, SCRIPT, *options.to_a.flatten, "--out", File.join(Dir.tmpdir, "unused"))
      refute_predicate status, :success?
      assert_match(/\Arender\.rb: .*#{value || name}/, output)
    end
  end
end
