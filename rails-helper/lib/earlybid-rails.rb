# frozen_string_literal: true

# Bundler requires a gem by its name; the code lives under the module's name.
require "earlybid"
