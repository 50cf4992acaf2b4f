# frozen_string_literal: true

require_relative "lib/earlybid/version"

Gem::Specification.new do |spec|
  spec.name = "earlybid-rails"
  spec.version = Earlybid::VERSION
  spec.summary = "Head tag and slot markup of Earlybid for Rails views"
  spec.description = "Writes the loader and its page config first in <head>, with the CSP nonce, and slots with their size reserved."
  spec.authors = ["The Earlybid maintainers"]
  spec.licenses = ["MIT", "Apache-2.0"]

  spec.files = Dir["lib/**/*.{rb,js}", "README.md", "CHANGELOG.md"]
  spec.require_paths = ["lib"]
  spec.required_ruby_version = ">= 3.1"
  spec.metadata = { "rubygems_mfa_required" => "true" }

  spec.add_dependency "actionview", ">= 6.1"
end
