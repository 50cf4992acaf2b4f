# frozen_string_literal: true

# Earlybid in a Rails application: one helper for <head>, one for each slot.
#
# A page passes through the files in this order: configuration (checked once, at start), ad_unit,
# controller (what goes ahead of the page, with links), page (which slots this page view has),
# preconnect, loader, and helper, which writes the tags.

require "logger"
require "active_support"
require "active_support/lazy_load_hooks"
require "action_view"

require "earlybid/version"
require "earlybid/errors"
require "earlybid/checks"
require "earlybid/ad_unit"
require "earlybid/loader"
require "earlybid/configuration"
require "earlybid/page"
require "earlybid/preconnect"
require "earlybid/links"
require "earlybid/controller"
require "earlybid/helper"
require "earlybid/railtie" if defined?(Rails::Railtie)

# Ads in Rails views, asked for before the page is parsed.
module Earlybid
  class << self
    # Whether a mistake in a template raises. Default true; the railtie sets it to false outside
    # development and test, where the mistake is logged and the page is served without that ad.
    attr_accessor :raise_errors

    # Whether a changed loader file is read again. Default false; the railtie sets it in development.
    attr_accessor :reload_loader

    # Where mistakes go when they do not raise. Default: standard error.
    attr_writer :logger

    def logger
      @logger ||= Logger.new($stderr, progname: "earlybid")
    end

    # Yields the settings, checks them and puts them in place. A mistake raises ConfigurationError
    # with the key's name and leaves the previous settings in place.
    def configure
      settings = Configuration.new
      yield settings
      @config = settings.check!
    end

    def config
      @config || raise(ConfigurationError, "Earlybid is not configured: call Earlybid.configure in an initializer")
    end
  end

  self.raise_errors = true
  self.reload_loader = false
end

ActiveSupport.on_load(:action_view) { include Earlybid::Helper }
ActiveSupport.on_load(:action_controller_base) { include Earlybid::Controller }
