# frozen_string_literal: true

require "test_helper"
require "open3"
require "rbconfig"

# Boots a Rails application of one file in a process of its own, since Rails can start only once.
class RailtieTest < Minitest::Test
  APPLICATION = <<~'RUBY'
    require "rails"
    require "json"
    require "logger"
    require "action_controller/railtie"
    require "earlybid-rails"

    class Shop < Rails::Application
      config.root = ARGV.fetch(0)
      config.eager_load = false
      config.logger = Logger.new(File::NULL)
      config.secret_key_base = "for-the-test-only"
    end
    Shop.initialize!
    puts JSON.generate(raise: Earlybid.raise_errors, reload: Earlybid.reload_loader,
                       logger: Earlybid.logger.equal?(Rails.logger), account: Earlybid.config.account,
                       links: ApplicationController.respond_to?(:earlybid_links),
                       helper: ApplicationController.helpers.respond_to?(:earlybid_head_tag))
  RUBY

  INITIALIZER = <<~RUBY.freeze
    class ApplicationController < ActionController::Base; end
    Earlybid.configure do |config|
      config.account = "shop"
      config.auction_url = "/bids/auction"
      config.events_url = "/bids/events"
      config.loader_path = #{EarlybidTest::LOADER.inspect}
    end
  RUBY

  def boot(environment, initializer: INITIALIZER)
    Dir.mktmpdir do |root|
      FileUtils.mkdir_p File.join(root, "config/initializers")
      File.write File.join(root, "config/initializers/earlybid.rb"), initializer
      lib = File.expand_path("../lib", __dir__)
      return Open3.capture3({ "RAILS_ENV" => environment }, RbConfig.ruby, "-I", lib, "-e", APPLICATION, root)
    end
  end

  def test_development_raises_and_reloads_and_production_logs
    { "development" => [true, true], "test" => [true, false], "production" => [false, false] }.each do |name, (raises, reloads)|
      output, errors, status = boot(name)
      assert_predicate status, :success?, errors
      assert_equal({ "raise" => raises, "reload" => reloads, "logger" => true, "account" => "shop",
                     "links" => true, "helper" => true },
                   JSON.parse(output), name)
    end
  end

  def test_unfit_settings_stop_the_start_and_name_the_key
    _, errors, status = boot("production", initializer: INITIALIZER.sub('"shop"', "nil"))
    refute_predicate status, :success?
    assert_includes errors, "account is missing (Earlybid::ConfigurationError)"
  end
end
