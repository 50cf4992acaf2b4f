# frozen_string_literal: true

module Earlybid
  VERSION = "0.1.0"
end
