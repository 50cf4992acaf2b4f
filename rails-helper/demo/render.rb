# frozen_string_literal: true

# Renders the demo's recipe page with the gem's helpers and Action View alone, into a folder that the
# demo site serves at /rails/. `cargo xtask demo` calls it; --help lists the options.

$LOAD_PATH.unshift File.expand_path("../lib", __dir__)

require "fileutils"
require "optparse"
require "earlybid"

# The publisher's side: settings as an initializer has them, and one page.
module RecipePage
  VIEWS = File.expand_path("views", __dir__)
  STYLES = File.expand_path("assets/recipes.css", __dir__)

  Options = Struct.new(:out, :loader, :auction_url, :events_url, :sdk_url, :ad_server_scripts, keyword_init: true)

  module_function

  def parse(arguments)
    options = Options.new(sdk_url: "/earlybid/", ad_server_scripts: [])
    parser(options).parse!(arguments)
    missing = %i[out loader auction_url events_url].find { |name| options[name].nil? }
    raise OptionParser::MissingArgument, "--#{missing.to_s.tr('_', '-')}" if missing

    options
  end

  def parser(options)
    OptionParser.new do |parser|
      parser.on("--out DIR", "folder for index.html and its style sheet") { |value| options.out = value }
      parser.on("--loader FILE", "the built loader.js") { |value| options.loader = value }
      parser.on("--auction-url URL", "where auctions go") { |value| options.auction_url = value }
      parser.on("--events-url URL", "where render events go") { |value| options.events_url = value }
      parser.on("--sdk-url URL", "folder of the SDK, default /earlybid/") { |value| options.sdk_url = value }
      parser.on("--ad-server-script URL", "script of the ad server; may be repeated; none: no ad server") do |value|
        options.ad_server_scripts << value
      end
    end
  end

  def configure(options)
    Earlybid.configure do |config|
      config.account = "demo-publisher"
      config.auction_url = options.auction_url
      config.events_url = options.events_url
      config.sdk_url = options.sdk_url
      config.loader_path = options.loader
      config.page = { site: "recipes" }
      config.ad_server = { type: "gpt", scripts: options.ad_server_scripts } if options.ad_server_scripts.any?
      config.ad_unit "recipe-top", code: "div-top", sizes: [[728, 90]], ad_unit_path: "/1234/recipes/recipe/top"
      config.ad_unit "recipe-side", code: "div-side", sizes: [[300, 250]], ad_unit_path: "/1234/recipes/recipe/side"
    end
  end

  def html(options)
    view = ActionView::Base.with_empty_template_cache.with_view_paths([VIEWS], { ad_server: options.ad_server_scripts.any? })
    view.render(template: "recipes/show", layout: "layouts/site")
  end

  def write(options)
    configure(options)
    page = html(options)
    FileUtils.mkdir_p(options.out)
    File.write(File.join(options.out, "index.html"), page)
    FileUtils.cp(STYLES, options.out)
  end
end

begin
  RecipePage.write(RecipePage.parse(ARGV))
rescue OptionParser::ParseError, Earlybid::ConfigurationError, SystemCallError => e
  abort "render.rb: #{e.message}"
end
