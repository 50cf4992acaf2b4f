# frozen_string_literal: true

require "rails/railtie"

module Earlybid
  # What depends on the environment the application runs in. It has to run before the
  # application's initializers, where Earlybid.configure reads the loader.
  class Railtie < Rails::Railtie
    initializer "earlybid.environment", before: :load_config_initializers do
      Earlybid.raise_errors = Rails.env.development? || Rails.env.test?
      Earlybid.reload_loader = Rails.env.development?
      Earlybid.logger = Rails.logger if Rails.logger
    end
  end
end
