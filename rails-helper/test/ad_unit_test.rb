# frozen_string_literal: true

require "test_helper"

class AdUnitTest < Minitest::Test
  def unit(**options)
    Earlybid::AdUnit.new("recipe-top", **{ sizes: [[728, 90], [970, 250]] }.merge(options))
  end

  def test_name_stands_for_code_and_stored_imp
    assert_equal({ code: "recipe-top", sizes: [[728, 90], [970, 250]], storedImp: "recipe-top" }, unit.to_page_config)
  end

  def test_says_all_that_it_was_given
    given = unit(code: "div-top", ad_unit_path: "/1234/recipes/top", stored_imp: "top-728", sizes: [[728, 90]])
    assert_equal({ code: "div-top", adUnitPath: "/1234/recipes/top", sizes: [[728, 90]], storedImp: "top-728" },
                 given.to_page_config)
  end

  def test_reserves_room_for_the_largest_size
    mixed = unit(sizes: [[300, 600], [728, 90]])
    assert_equal "min-width:min(728px,100%);min-height:600px", mixed.declarations
    refute_predicate mixed, :responsive?
  end

  def test_reserves_what_it_is_told
    assert_equal "min-width:min(728px,100%);min-height:90px", unit(reserve: [728, 90]).declarations
  end

  def test_reserves_by_viewport_width_from_narrow_to_wide
    responsive = unit(code: "div-top", reserve: { 1000 => [970, 250], 0 => [320, 50] })
    assert_predicate responsive, :responsive?
    assert_equal "#div-top{min-width:min(320px,100%);min-height:50px}" \
                 "@media (min-width:1000px){#div-top{min-width:min(970px,100%);min-height:250px}}", responsive.style_sheet
  end

  UNFIT = [
    [{ sizes: nil }, %(ad_unit "recipe-top" sizes must be a list)],
    [{ sizes: [] }, %(ad_unit "recipe-top" sizes must be a list)],
    [{ sizes: [[728, 90], "970x250"] }, %(ad_unit "recipe-top" sizes[1] must be [width, height])],
    [{ sizes: [[728, 0]] }, %(ad_unit "recipe-top" sizes[0] must be [width, height])],
    [{ code: "div top" }, %(ad_unit "recipe-top" code must be letters)],
    [{ code: "1-top" }, %(ad_unit "recipe-top" code must be letters)],
    [{ code: "top\n" }, %(ad_unit "recipe-top" code must be letters)],
    [{ stored_imp: "" }, %(ad_unit "recipe-top" stored_imp is missing)],
    [{ ad_unit_path: 5 }, %(ad_unit "recipe-top" ad_unit_path must be a string)],
    [{ reserve: { 768 => [1, 1] } }, %(ad_unit "recipe-top" reserve must have viewport widths)],
    [{ reserve: { 0 => [1, 1], "768" => [1, 1] } }, %(ad_unit "recipe-top" reserve must have viewport widths)],
    [{ reserve: { 0 => 90 } }, %(ad_unit "recipe-top" reserve[0] must be [width, height])]
  ].freeze

  def test_names_the_key_of_an_unfit_value
    UNFIT.each do |options, message|
      error = assert_raises(Earlybid::ConfigurationError, options.inspect) { unit(**options) }
      assert error.message.start_with?(message), error.message
    end
  end
end
