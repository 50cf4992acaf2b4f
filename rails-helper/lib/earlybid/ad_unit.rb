# frozen_string_literal: true

module Earlybid
  # A sellable position as the publisher defines it. `name` is what templates call it and is unique;
  # `code` is the slot's element id in the page, which two pages may share ("recipe-top" and
  # "home-top" both live in "div-top").
  class AdUnit
    # An id that CSS, the ad server and OpenRTB all take without escaping.
    CODE = /\A[A-Za-z][A-Za-z0-9_-]*\z/

    attr_reader :name, :code, :sizes, :stored_imp, :ad_unit_path, :reserve

    # `reserve` is the room the page keeps free: one size, or sizes by least viewport width
    # ({ 0 => [320, 50], 768 => [728, 90] }). Default: the largest width and height of `sizes`.
    def initialize(name, sizes: nil, code: name, stored_imp: name, ad_unit_path: nil, reserve: nil)
      @name = Checks.text("ad_unit name", name)
      @code = checked_code(code)
      @sizes = checked_sizes(sizes)
      @stored_imp = Checks.text(key(:stored_imp), stored_imp)
      @ad_unit_path = ad_unit_path && Checks.text(key(:ad_unit_path), ad_unit_path)
      @reserve = checked_reserve(reserve || largest)
      freeze
    end

    # The slot as it appears in the page config.
    def to_page_config
      { code: code, adUnitPath: ad_unit_path, sizes: sizes, storedImp: stored_imp }.compact
    end

    # Whether the reserved room depends on the viewport, which a style attribute cannot say.
    def responsive?
      reserve.length > 1
    end

    # min(…, 100%) keeps a wide ad from stretching a narrow screen.
    def declarations(size = reserve.values.first)
      width, height = size
      "min-width:min(#{width}px,100%);min-height:#{height}px"
    end

    # The same as a style sheet: the narrowest viewport without a condition, then the wider ones in order.
    def style_sheet
      reserve.map do |from, size|
        rule = "##{code}{#{declarations(size)}}"
        from.zero? ? rule : "@media (min-width:#{from}px){#{rule}}"
      end.join
    end

    private

    def key(attribute)
      %(ad_unit "#{name}" #{attribute})
    end

    def checked_code(value)
      code = Checks.text(key(:code), value)
      Checks.reject(key(:code), "must be letters, digits, - and _, a letter first", value) unless code.match?(CODE)
      code
    end

    def checked_sizes(value)
      Checks.reject(key(:sizes), "must be a list of [width, height]", value) unless value.is_a?(Array) && value.any?
      value.each_with_index.map { |size, index| Checks.size(key("sizes[#{index}]"), size) }.freeze
    end

    def checked_reserve(value)
      by_width = value.is_a?(Hash) ? value : { 0 => value }
      widths = by_width.keys
      unless widths.include?(0) && widths.all? { |width| width.is_a?(Integer) && !width.negative? }
        Checks.reject(key(:reserve), "must have viewport widths as keys, 0 among them", value)
      end
      by_width.sort.to_h { |width, size| [width, Checks.size(key("reserve[#{width}]"), size)] }.freeze
    end

    def largest
      [sizes.map(&:first).max, sizes.map(&:last).max]
    end
  end
end
