# frozen_string_literal: true

module Earlybid
  # What a page needs first, as values of the `Link` header: the browser fetches it before it has read
  # the page. Each value has to name exactly what the loader asks for later, address, kind and
  # credentials; else the same thing is fetched twice.
  module Links
    # What every page of this configuration needs, suitable for a 103 (Early Hints), too. `nonce` is that of
    # the page's policy: where there is one, browsers refuse scripts without it.
    def self.resources(config, own_origin, nonce = nil)
      [*auction_connection(config, own_origin), *sdk(config, nonce), *scripts(config, nonce), *creatives(config)]
    end

    # The auction by GET. Not for a 103: browsers put what it names into their HTTP cache, and an answer
    # that may not be stored is then asked for twice.
    def self.auction(config, address)
      value(address, "rel=preload", "as=fetch", crossorigin(config))
    end

    # The address of the auction of a stored request, the same for every visitor.
    def self.auction_address(config, stored_request, query)
      parameters = { tmax: config.tmax }.merge(query).merge(srid: Checks.text("stored_request", stored_request))
      "#{config.auction_url}#{config.auction_url.include?('?') ? '&' : '?'}#{parameters.to_query}"
    end

    def self.auction_connection(config, own_origin)
      found = Preconnect.origin(config.auction_url)
      found.nil? || found == own_origin ? [] : [value(found, "rel=preconnect", crossorigin(config))]
    end

    # With an ad server the module is left to sdk.js, which fetches it after the ad server's first
    # script: it is needed later, and on a slow line it would be in that script's way.
    def self.sdk(config, nonce)
      script = value("#{config.sdk_url}sdk.js", "rel=modulepreload", *nonced(nonce))
      config.ad_server ? [script] : [script, value("#{config.sdk_url}sdk.wasm", "rel=preload", "as=fetch", "crossorigin")]
    end

    def self.scripts(config, nonce)
      addresses = config.ad_server ? config.ad_server[:scripts] : []
      addresses.map { |address| value(address, "rel=preload", "as=script", *nonced(nonce)) }
    end

    def self.creatives(config)
      config.connect_to.map { |origin| value(origin, "rel=preconnect") }
    end

    def self.crossorigin(config)
      config.credentials ? "crossorigin=use-credentials" : "crossorigin"
    end

    def self.nonced(nonce)
      nonce ? [%(nonce="#{nonce}")] : []
    end

    # Addresses were checked when they were set, so none holds a > or a line end.
    def self.value(address, *parameters)
      ["<#{address}>", *parameters].join("; ")
    end

    private_class_method :auction_connection, :sdk, :scripts, :creatives, :crossorigin, :nonced, :value
  end
end
