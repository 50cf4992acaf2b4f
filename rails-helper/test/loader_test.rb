# frozen_string_literal: true

require "test_helper"

class LoaderTest < Minitest::Test
  def with_file(text)
    Dir.mktmpdir do |folder|
      path = File.join(folder, "loader.js")
      File.write(path, text)
      yield path
    end
  end

  def change(path, text)
    later = File.mtime(path) + 10
    File.write(path, text)
    File.utime(later, later, path)
  end

  def test_reads_the_file_once
    with_file("one()\n") do |path|
      loader = Earlybid::Loader.new(path, reload: false)
      change(path, "two()")
      assert_equal "one()", loader.source
    end
  end

  def test_reads_a_changed_file_again_when_it_reloads
    with_file("one()") do |path|
      loader = Earlybid::Loader.new(path, reload: true)
      assert_same loader.source, loader.source
      change(path, "two()")
      assert_equal "two()", loader.source
    end
  end

  def test_keeps_the_source_while_the_file_is_away
    with_file("one()") do |path|
      loader = Earlybid::Loader.new(path, reload: true)
      File.delete(path)
      assert_equal "one()", loader.source
    end
  end

  def test_says_where_a_missing_file_was_looked_for_and_how_to_get_one
    error = assert_raises(Earlybid::ConfigurationError) { Earlybid::Loader.new("no/such/loader.js") }
    assert_match(%r{\Aloader_path cannot be read; .*cargo xtask wasm.*: no/such/loader\.js\z}, error.message)
  end

  def test_refuses_what_cannot_stand_inline
    ["", " \n", "x='</SCRIPT>'", "a<!--b", "caf\xE9"].each do |text|
      with_file(text) do |path|
        error = assert_raises(Earlybid::ConfigurationError, text.inspect) { Earlybid::Loader.new(path) }
        assert_match(/\Aloader_path (is empty|is not valid UTF-8|cannot stand inline)/, error.message)
      end
    end
  end
end
