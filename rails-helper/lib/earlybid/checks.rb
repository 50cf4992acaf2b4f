# frozen_string_literal: true

require "uri"

module Earlybid
  # The shapes a setting may have. Each check returns the value in its final form, or raises with
  # the key first, so that the line in the log says where to look.
  module Checks
    module_function

    def text(key, value)
      reject(key, "is missing") if value.nil? || value.to_s.empty?
      reject(key, "must be a string", value) unless value.is_a?(String) || value.is_a?(Symbol)
      copy = value.to_s.encode(Encoding::UTF_8)
      reject(key, "must be valid UTF-8", value) unless copy.valid_encoding?
      copy.freeze
    rescue EncodingError
      reject(key, "must be valid UTF-8", value)
    end

    # An absolute http(s) address, or a path on the page's own host.
    def url(key, value)
      address = text(key, value)
      parsed = URI.parse(address)
      usable = parsed.is_a?(URI::HTTP) ? !parsed.host.to_s.empty? : address.match?(%r{\A/(?!/)})
      reject(key, "must start with https://, http:// or a single slash", value) unless usable
      address
    rescue URI::InvalidURIError
      reject(key, "is not a URL", value)
    end

    def folder_url(key, value)
      address = url(key, value)
      reject(key, "must end with a slash", value) unless address.end_with?("/")
      address
    end

    def milliseconds(key, value)
      reject(key, "must be a whole number of milliseconds above 0", value) unless value.is_a?(Integer) && value.positive?
      value
    end

    def size(key, value)
      pair = value.is_a?(Array) && value.length == 2 && value.all? { |side| side.is_a?(Integer) && side.positive? }
      reject(key, "must be [width, height] in whole pixels", value) unless pair
      value.dup.freeze
    end

    # A hash with only the known keys, as symbols.
    def options(key, value, known)
      reject(key, "must be a hash", value) unless value.is_a?(Hash)
      copy = value.transform_keys(&:to_sym)
      unknown = copy.keys - known
      reject("#{key}.#{unknown.first}", "is not known; known here: #{known.join(', ')}") if unknown.any?
      copy
    end

    def reject(key, why, *value)
      raise ConfigurationError, ["#{key} #{why}", *value.map(&:inspect)].join(": ")
    end
  end
end
