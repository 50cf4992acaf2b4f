# frozen_string_literal: true

module Earlybid
  # The loader's JavaScript, as the build made it. Read once; with `reload`, again after each change.
  class Loader
    # Where `rake loader[path]` puts it, for a gem that carries its own loader.
    PACKAGED = File.expand_path("assets/loader.js", __dir__)

    # What would end or break an inline script element. JavaScript cannot be escaped from outside
    # without knowing its grammar, so such a file is refused.
    UNFIT_INLINE = %r{</script|<!--}i

    def initialize(path, reload: Earlybid.reload_loader)
      @path = path.to_s
      @reload = reload
      read
    end

    def source
      read if @reload && changed?
      @source
    end

    private

    # A file that is gone for a moment (a build is running) counts as unchanged.
    def changed?
      File.mtime(@path) != @modified
    rescue SystemCallError
      false
    end

    def read
      modified = File.mtime(@path)
      source = File.read(@path, encoding: Encoding::UTF_8)
      refuse("is not valid UTF-8") unless source.valid_encoding?
      refuse("is empty") if source.strip.empty?
      refuse("cannot stand inline, it contains #{source[UNFIT_INLINE]}") if source.match?(UNFIT_INLINE)
      @modified = modified
      @source = source.strip.freeze
    rescue SystemCallError
      refuse("cannot be read; `cargo xtask wasm` builds target/sdk/loader.js, and `rake loader[path]` packs it into the gem")
    end

    def refuse(why)
      Checks.reject("loader_path", "#{why}: #{@path}")
    end
  end
end
