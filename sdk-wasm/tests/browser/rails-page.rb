# frozen_string_literal: true

# One answer of a Rails controller that uses the gem: prints `link` and `html` as JSON. The argument is JSON, too: the gem's
# `settings`, the `stored_request`, the `nonce` of pages with a policy, and what the request says about its `purpose`.

$LOAD_PATH.unshift File.expand_path("../../../rails-helper/lib", __dir__)

require "json"
require "action_controller"
require "rack/mock"
require "earlybid"

GIVEN = JSON.parse(ARGV.fetch(0), symbolize_names: true)

Earlybid.configure do |config|
  GIVEN[:settings].each { |name, value| config.public_send("#{name}=", value) }
  config.ad_unit "top", sizes: [[300, 250]], ad_unit_path: "/1/top"
  config.ad_unit "side", sizes: [[300, 250]], ad_unit_path: "/1/side"
end

class PagesController < ActionController::Base
  PAGE = <<~ERB
    <!doctype html><html lang="en"><head><meta charset="utf-8"><title>page</title>
    <%= earlybid_head_tag page: { site: "tests", type: "home" } %>
    <script nonce="<%= request.content_security_policy_nonce %>">
      window.googletag = window.googletag || { cmd: [] };
      googletag.cmd.push(() => {
        for (const name of ['top', 'side']) googletag.defineSlot('/1/' + name, [[300, 250]], name);
        googletag.enableServices();
      });
    </script></head>
    <body><%= earlybid_slot_tag "top" %><%= earlybid_slot_tag "side" %></body></html>
  ERB

  earlybid_links slots: %w[top side], stored_request: GIVEN[:stored_request]

  def show
    render inline: PAGE
  end
end

given = { "HTTP_SEC_PURPOSE" => GIVEN[:purpose], "action_dispatch.content_security_policy_nonce_generator" => ->(_) { GIVEN[:nonce] } }
_, headers, body = PagesController.action(:show).call(Rack::MockRequest.env_for(GIVEN[:url], given.compact))
puts JSON.generate(link: headers["Link"], html: body.each.to_a.join)
