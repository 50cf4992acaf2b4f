# frozen_string_literal: true

module Earlybid
  # Whatever this gem raises on purpose. Helpers catch this class and nothing else.
  class Error < StandardError; end

  # A setting that cannot be used; the message begins with its key.
  class ConfigurationError < Error; end

  # A template that asks for a slot in a way that cannot work.
  class SlotError < Error; end
end
