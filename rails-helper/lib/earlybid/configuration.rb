# frozen_string_literal: true

module Earlybid
  # What the publisher sets, once, in an initializer. Frozen after the check, so every page of a
  # process is made from the same settings.
  class Configuration
    AD_SERVERS = %w[gpt].freeze
    PAGE_KEYS = %i[site type variant].freeze

    # The publisher's id at the bid server. Required.
    attr_accessor :account

    # Where the loader sends the auction. Required. A path on the page's own host saves a connection.
    attr_accessor :auction_url

    # Where render events go. Required.
    attr_accessor :events_url

    # The folder with sdk.js, sdk.wasm and fallback.js; ends with a slash. Default "/earlybid/".
    attr_accessor :sdk_url

    # Whether cookies go with auctions to another origin. Default true.
    attr_accessor :credentials

    # Origins of creatives to connect to at once, "https://creatives.example". Default [].
    attr_accessor :connect_to

    # Milliseconds that bidders have. Default 700.
    attr_accessor :tmax

    # Milliseconds after which the ad server is asked without bids. Default 1500.
    attr_accessor :failsafe

    # { type: "gpt", scripts: [url, …] }: the first script is run, all are fetched early. Default
    # nil: no ad server, the SDK shows the winner itself.
    attr_accessor :ad_server

    # What telemetry calls the page: any of site, type, variant; earlybid_head_tag adds the rest.
    # Default { variant: "early" }.
    attr_accessor :page

    # Names of the ad units that a page has when earlybid_head_tag names none. Default [].
    attr_accessor :default_slots

    # The built loader. Default: the one packed into the gem.
    attr_accessor :loader_path

    attr_reader :loader

    def initialize
      @sdk_url = "/earlybid/"
      @credentials = true
      @connect_to = []
      @tmax = 700
      @failsafe = 1500
      @page = {}
      @default_slots = []
      @loader_path = Loader::PACKAGED
      @ad_units = {}
    end

    # Defines an ad unit; the options are those of AdUnit.
    def ad_unit(name, **options)
      unit = AdUnit.new(name, **options)
      Checks.reject(%(ad_unit "#{unit.name}"), "is defined twice") if @ad_units.key?(unit.name)
      @ad_units[unit.name] = unit
    end

    def find_ad_unit(name)
      @ad_units.fetch(name.to_s) do
        known = @ad_units.keys.join(", ")
        raise SlotError, "no ad unit #{name.to_s.inspect} is configured; configured: #{known.empty? ? 'none' : known}"
      end
    end

    def check!
      check_addresses
      check_times
      @ad_server = checked_ad_server(ad_server) if ad_server
      @page = { variant: "early" }.merge(checked_page(page)).freeze
      check_default_slots
      @loader = Loader.new(loader_path)
      @ad_units.freeze
      freeze
    end

    # The page's names for telemetry: what is configured, overridden by what the page itself says.
    def page_names(given)
      names = page.merge(checked_page(given))
      missing = PAGE_KEYS.find { |name| !names.key?(name) }
      Checks.reject("page.#{missing}", "is missing; set it in config.page or pass page: to earlybid_head_tag") if missing
      names.slice(*PAGE_KEYS)
    end

    private

    def check_addresses
      @account = Checks.text("account", account)
      @auction_url = Checks.url("auction_url", auction_url)
      @events_url = Checks.url("events_url", events_url)
      @sdk_url = Checks.folder_url("sdk_url", sdk_url)
      Checks.reject("credentials", "must be true or false", credentials) unless [true, false].include?(credentials)
      @connect_to = Array(connect_to).each_with_index.map { |value, index| checked_origin("connect_to[#{index}]", value) }.freeze
    end

    def checked_origin(key, value)
      address = Checks.url(key, value)
      Checks.reject(key, "must be an origin, like https://creatives.example", value) unless Preconnect.origin(address) == address
      address
    end

    def check_times
      Checks.milliseconds("tmax", tmax)
      Checks.milliseconds("failsafe", failsafe)
      Checks.reject("failsafe", "must not be below tmax (#{tmax})", failsafe) if failsafe < tmax
    end

    def checked_ad_server(value)
      settings = Checks.options("ad_server", value, %i[type scripts])
      type = Checks.text("ad_server.type", settings[:type])
      Checks.reject("ad_server.type", "must be one of #{AD_SERVERS.join(', ')}", type) unless AD_SERVERS.include?(type)
      scripts = Array(settings[:scripts])
      Checks.reject("ad_server.scripts", "is missing") if scripts.empty?
      scripts = scripts.each_with_index.map { |url, index| Checks.url("ad_server.scripts[#{index}]", url) }
      { type: type, scripts: scripts.freeze }.freeze
    end

    def checked_page(value)
      Checks.options("page", value, PAGE_KEYS).to_h { |name, text| [name, Checks.text("page.#{name}", text)] }
    end

    def check_default_slots
      @default_slots = Array(default_slots).map(&:to_s).freeze
      default_slots.each { |name| Checks.reject("default_slots", "has no such ad unit", name) unless @ad_units.key?(name) }
    end
  end
end
