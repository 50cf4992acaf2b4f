# frozen_string_literal: true

require "json"

module Earlybid
  # The two tags. Everything else in this module is private to it and starts with an underscore,
  # since views share one namespace.
  module Helper
    # Put this first in <head>, before any style sheet: the auction's request leaves as soon as the
    # browser reads the loader. `slots` are names of ad units; slots that the controller has named, and
    # those of a view that was rendered before its layout, need not be named. Writes nothing for a page
    # without slots.
    def earlybid_head_tag(page: {}, slots: nil, nonce: _earlybid_nonce)
      _earlybid_guard do
        _earlybid_page.close_head
        names = slots || _earlybid_said(Controller::SLOTS) || Earlybid.config.default_slots
        Array(names).each { |name| _earlybid_guard { _earlybid_page.announce(name) } }
        next if _earlybid_page.units.empty?

        safe_join([*_earlybid_preconnect_tags, _earlybid_config_tag(page), _earlybid_loader_tag(nonce)], "\n")
      end
    end

    # The element that an ad goes into, with its room reserved. Further options are HTML attributes;
    # a block's content goes inside.
    def earlybid_slot_tag(name, nonce: _earlybid_nonce, **attributes, &block)
      raise ArgumentError, "the id of a slot is its code; set code: in the ad unit" if attributes.key?(:id)

      _earlybid_guard do
        unit = _earlybid_page.place(name)
        content = block ? capture(&block) : nil
        sheet = unit.responsive? || _earlybid_style_attributes_blocked?
        style = [(unit.declarations unless sheet), attributes[:style]].compact.join(";").presence
        classes = token_list("earlybid-slot", attributes[:class])
        slot = content_tag(:div, content, attributes.merge(id: unit.code, class: classes, style: style))
        sheet ? safe_join([_earlybid_style_tag(unit, nonce), slot], "\n") : slot
      end
    end

    private

    # One page per view object, of which Rails makes a new one for each request.
    def _earlybid_page
      @_earlybid_page ||= Page.new(Earlybid.config)
    end

    # The page works without ads: where a mistake must not raise, it costs only its own tag.
    def _earlybid_guard
      yield || ActiveSupport::SafeBuffer.new
    rescue Error => e
      raise if Earlybid.raise_errors

      Earlybid.logger.error("#{e.class}: #{e.message}")
      ActiveSupport::SafeBuffer.new
    end

    # A data block is never run, so it needs no nonce. json_escape writes <, >, & and the two
    # separators U+2028 and U+2029 as escapes: nothing in a value can end the element or open a
    # comment in it.
    def _earlybid_config_tag(page)
      json = ERB::Util.json_escape(JSON.generate(_earlybid_page.to_h(page, _earlybid_said(Controller::AUCTION))))
      content_tag(:script, json.html_safe, type: "application/json", id: "earlybid-config")
    end

    # The loader is our own file and was checked to be fit for this when it was read.
    def _earlybid_loader_tag(nonce)
      content_tag(:script, Earlybid.config.loader.source.html_safe, nonce: nonce)
    end

    def _earlybid_preconnect_tags
      Preconnect.links(Earlybid.config, request&.base_url).map do |origin, crossorigin|
        tag.link(rel: "preconnect", href: origin, crossorigin: crossorigin)
      end
    end

    # Code and numbers are checked, so the sheet holds nothing to escape.
    def _earlybid_style_tag(unit, nonce)
      content_tag(:style, unit.style_sheet.html_safe, nonce: nonce)
    end

    # What the controller has said about this request's page.
    def _earlybid_said(key)
      request&.get_header(key)
    end

    def _earlybid_nonce
      request&.content_security_policy_nonce
    end

    # Under a policy with nonces for styles the browser drops style attributes, but takes an element.
    def _earlybid_style_attributes_blocked?
      directives = request&.content_security_policy_nonce_directives
      !_earlybid_nonce.nil? && !directives.nil? && directives.include?("style-src")
    end
  end
end
