# frozen_string_literal: true

module Earlybid
  # Which slots one page view has. Rails renders a view before its layout, so a slot tag may come
  # before the head tag (it is collected here) or after it (then the head tag must have named it,
  # since the page config has left by then).
  class Page
    def initialize(config)
      @config = config
      @units = []
      @placed = []
      @head_done = false
    end

    attr_reader :units

    # A slot that the head tag was told about.
    def announce(name)
      add(@config.find_ad_unit(name))
    end

    # A slot whose tag is being written; returns its ad unit.
    def place(name)
      unit = @config.find_ad_unit(name)
      raise SlotError, "slot #{unit.name.inspect} is placed twice in this page" if @placed.include?(unit)

      if @head_done && !@units.include?(unit)
        raise SlotError, "slot #{unit.name.inspect} comes after earlybid_head_tag, which was not told about it; " \
                         "pass slots: to earlybid_head_tag or set config.default_slots"
      end
      add(unit)
      @placed << unit
      unit
    end

    # From here on, the page config has been written; a second one would run a second auction.
    def close_head
      raise SlotError, "earlybid_head_tag is used twice in this page" if @head_done

      @head_done = true
    end

    # The page config, in the shape that the loader reads. `auction` is the address of an auction by
    # GET, in place of the first one by POST.
    def to_h(names, auction = nil)
      {
        account: @config.account,
        auctionUrl: @config.auction_url,
        auctionGetUrl: auction,
        eventsUrl: @config.events_url,
        sdkUrl: @config.sdk_url,
        credentials: (false unless @config.credentials),
        connectTo: @config.connect_to.presence,
        tmax: @config.tmax,
        failsafe: @config.failsafe,
        adServer: @config.ad_server,
        page: @config.page_names(names),
        slots: @units.map(&:to_page_config)
      }.compact
    end

    private

    def add(unit)
      return if @units.include?(unit)

      twin = @units.find { |other| other.code == unit.code }
      if twin
        raise SlotError, "slots #{twin.name.inspect} and #{unit.name.inspect} share the code #{unit.code.inspect}; " \
                         "a page can hold one of them"
      end
      @units << unit
    end
  end
end
