# frozen_string_literal: true

require "test_helper"

class HelperTest < ActionView::TestCase
  tests Earlybid::Helper

  attr_accessor :request

  setup do
    EarlybidTest.configure
    self.request = fake_request
  end

  def fake_request(nonce: nil, directives: %w[script-src])
    EarlybidTest::FakeRequest.new(base_url: "https://www.example", content_security_policy_nonce: nonce,
                                  content_security_policy_nonce_directives: directives)
  end

  def parsed(html)
    Nokogiri::HTML5.fragment(html)
  rescue NameError
    Nokogiri::HTML.fragment(html)
  end

  def page_config(html)
    JSON.parse(html[%r{<script type="application/json" id="earlybid-config">(.*?)</script>}m, 1])
  end

  test "head tag writes the page config in the shape that the loader reads" do
    EarlybidTest.configure do |config|
      config.tmax = 600
      config.ad_server = { type: :gpt, scripts: ["https://tags.example/gpt.js", "/impl.js"] }
    end
    assert_equal({
      "account" => "demo-publisher",
      "auctionUrl" => "https://bids.example/openrtb2/auction",
      "eventsUrl" => "https://events.example/ads.render",
      "sdkUrl" => "/earlybid/",
      "tmax" => 600,
      "failsafe" => 1500,
      "adServer" => { "type" => "gpt", "scripts" => ["https://tags.example/gpt.js", "/impl.js"] },
      "page" => { "site" => "recipes", "type" => "home", "variant" => "early" },
      "slots" => [
        { "code" => "div-top", "adUnitPath" => "/1234/recipes/recipe/top", "sizes" => [[728, 90]], "storedImp" => "recipe-top" }
      ]
    }, page_config(earlybid_head_tag(page: { type: "home" }, slots: ["recipe-top"])))
  end

  test "head tag says what differs from the loader's defaults" do
    EarlybidTest.configure do |config|
      config.credentials = false
      config.connect_to = ["https://creatives.example"]
    end
    html = earlybid_head_tag(slots: ["recipe-top"])
    assert_equal [false, ["https://creatives.example"]], page_config(html).values_at("credentials", "connectTo")
    assert_match(/<link rel="preconnect" href="https:..bids.example" crossorigin="anonymous"/, html)
  end

  test "head tag takes the slots and the auction that the controller has named" do
    self.request = fake_request
    request.said = { "earlybid.slots" => ["recipe-side"], "earlybid.auction" => "/ads/auction?srid=x" }
    config = page_config(earlybid_head_tag)
    assert_equal ["div-side", "/ads/auction?srid=x"], [config["slots"][0]["code"], config["auctionGetUrl"]]
  end

  test "head tag leaves the ad server out where there is none" do
    refute_includes page_config(earlybid_head_tag(slots: ["recipe-top"])).keys, "adServer"
  end

  test "head tag writes links, config and loader, in this order" do
    html = earlybid_head_tag(slots: %w[recipe-top])
    assert_predicate html, :html_safe?
    lines = html.lines(chomp: true)
    assert_equal %(<link rel="preconnect" href="https://bids.example" crossorigin="use-credentials">), lines[0].sub(" />", ">")
    assert_match(%r{\A<script type="application/json" id="earlybid-config">\{.*\}</script>\z}, lines[1])
    assert_equal "<script>#{File.read(EarlybidTest::LOADER).strip}</script>", lines[2]
    assert_equal 3, lines.length
  end

  test "loader carries the nonce of the request, the data block needs none" do
    self.request = fake_request(nonce: "r4nd0m+/=")
    html = earlybid_head_tag(slots: %w[recipe-top])
    assert_includes html, %(<script nonce="r4nd0m+/=">)
    assert_equal 1, html.scan("nonce").length
  end

  test "a nonce can be given by hand" do
    assert_includes earlybid_head_tag(slots: %w[recipe-top], nonce: "abc"), %(<script nonce="abc">)
  end

  test "without a request there is no nonce and nothing breaks" do
    self.request = nil
    refute_includes earlybid_head_tag(slots: %w[recipe-top]) + earlybid_slot_tag("recipe-top"), "nonce"
  end

  test "hostile values stay values" do
    [
      "</script><script>alert(1)</script>", "<!--<script>", "]]>", "a\u2028b\u2029c", %q("quoted' & more), "\\u003c/script>", "\u0000\n"
    ].each do |text|
      @_earlybid_page = nil
      EarlybidTest.configure do |config|
        config.account = text
        config.ad_unit text, code: "div-x", sizes: [[1, 1]], ad_unit_path: text
      end
      html = earlybid_head_tag(page: { site: text, type: text }, slots: [text])
      json = html[%r{earlybid-config">(.*?)</script>}m, 1]
      refute_match(/[<>&\u2028\u2029\n\0]/, json)
      assert_equal 2, html.scan(/<script/i).length
      read = page_config(html)
      assert_equal [text] * 5, [read["account"], read["page"]["site"], read["page"]["type"],
                                read["slots"][0]["storedImp"], read["slots"][0]["adUnitPath"]]
    end
  end

  test "slots of a view rendered before its layout are in the page config" do
    earlybid_slot_tag "recipe-side"
    slots = page_config(earlybid_head_tag(slots: %w[recipe-top recipe-side]))["slots"]
    assert_equal %w[div-side div-top], slots.map { |slot| slot["code"] }
  end

  test "default slots are used where the head tag names none" do
    EarlybidTest.configure { |config| config.default_slots = %i[recipe-top] }
    assert_equal %w[div-top], page_config(earlybid_head_tag)["slots"].map { |slot| slot["code"] }
  end

  test "a page without slots gets no loader" do
    assert_equal "", earlybid_head_tag
    assert_equal "", earlybid_head_tag_of_another_page(slots: [])
  end

  test "slot tag reserves the largest size" do
    slot = parsed(earlybid_slot_tag("recipe-side")).at("div")
    assert_equal "div-side", slot["id"]
    assert_equal "min-width:min(300px,100%);min-height:600px", slot["style"]
    assert_equal "earlybid-slot", slot["class"]
  end

  test "slot tag reserves by viewport width in a style element with the nonce" do
    EarlybidTest.configure { |config| config.ad_unit "wide", sizes: [[970, 250]], reserve: { 0 => [320, 50], 1000 => [970, 250] } }
    self.request = fake_request(nonce: "abc")
    html = earlybid_slot_tag("wide")
    assert_includes html, %(<style nonce="abc">#wide{min-width:min(320px,100%);min-height:50px}@media (min-width:1000px))
    assert_nil parsed(html).at("div")["style"]
  end

  test "slot tag reserves in a style element where the policy drops style attributes" do
    self.request = fake_request(nonce: "abc", directives: %w[script-src style-src])
    html = earlybid_slot_tag("recipe-top")
    assert_includes html, %(<style nonce="abc">#div-top{min-width:min(728px,100%);min-height:90px}</style>)
    assert_nil parsed(html).at("div")["style"]
  end

  test "slot tag takes attributes and content and escapes them" do
    html = earlybid_slot_tag("recipe-top", class: ["ad", { wide: true }], style: "margin:0", data: { note: %("><b>) },
                                           aria: { label: "Advertisement" }) { "<b>ad</b>" }
    slot = parsed(html).at("div")
    assert_equal "earlybid-slot ad wide", slot["class"]
    assert_equal "min-width:min(728px,100%);min-height:90px;margin:0", slot["style"]
    assert_equal %("><b>), slot["data-note"]
    assert_equal "Advertisement", slot["aria-label"]
    assert_equal "<b>ad</b>", slot.text
    assert_empty slot.css("b")
  end

  test "slot tag keeps its id" do
    assert_raises(ArgumentError) { earlybid_slot_tag("recipe-top", id: "other") }
  end

  # What a template may do wrong, and what the message says.
  MISTAKES = {
    "undeclared slot" =>
      [->(view) { view.earlybid_slot_tag("footer") }, /no ad unit "footer" is configured; configured: recipe-top, recipe-side/],
    "undeclared slot in the head tag" =>
      [->(view) { view.earlybid_head_tag(slots: ["footer"]) }, /no ad unit "footer"/],
    "slot after a head tag that was not told" =>
      [->(view) { view.earlybid_head_tag && view.earlybid_slot_tag("recipe-top") }, /pass slots: to earlybid_head_tag/],
    "slot placed twice" =>
      [->(view) { 2.times { view.earlybid_slot_tag("recipe-top") } }, /"recipe-top" is placed twice/],
    "head tag used twice" =>
      [->(view) { 2.times { view.earlybid_head_tag } }, /earlybid_head_tag is used twice/],
    "two slots of one code" =>
      [->(view) { view.earlybid_head_tag(slots: %w[recipe-top home-top]) }, /share the code "div-top"/]
  }.freeze

  MISTAKES.each do |name, (mistake, message)|
    test "#{name} raises in development and is logged in production" do
      EarlybidTest.configure { |config| config.ad_unit "home-top", code: "div-top", sizes: [[728, 90]] }
      assert_match message, assert_raises(Earlybid::SlotError) { mistake.call(self) }.message
      @_earlybid_page = nil
      assert_match message, EarlybidTest.in_production { mistake.call(self) }
    end
  end

  test "in production a mistake costs its own slot only" do
    html = nil
    log = EarlybidTest.in_production { html = earlybid_head_tag(slots: %w[footer recipe-top]) + earlybid_slot_tag("footer") }
    assert_equal %w[div-top], page_config(html)["slots"].map { |slot| slot["code"] }
    refute_includes html, "<div"
    assert_equal 2, log.scan("no ad unit").length
  end

  test "a helper without configuration says what to do" do
    Earlybid.instance_variable_set(:@config, nil)
    error = assert_raises(Earlybid::ConfigurationError) { earlybid_head_tag }
    assert_match(/call Earlybid\.configure in an initializer/, error.message)
  end

  test "views have the helper" do
    assert_includes ActionView::Base.ancestors, Earlybid::Helper
  end

  private

  def earlybid_head_tag_of_another_page(**options)
    @_earlybid_page = nil
    earlybid_head_tag(**options)
  end
end
