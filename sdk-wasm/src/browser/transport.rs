//! What leaves the page: events, notices, and auctions after the loader's first.

use super::app::{self, App};
use super::{bridge, clock};
use crate::platform::Input;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::XmlHttpRequest;

/// An auction that is being asked for.
pub(crate) struct Request {
    request: XmlHttpRequest,
    _done: Closure<dyn FnMut()>,
}

impl App {
    pub(super) fn send_events(&self, batch: &str) {
        if let Some(url) = &self.events_url {
            bridge::send(url, batch);
        }
    }

    /// As text/plain, so that the browser asks no permission first. By `XMLHttpRequest`, whose
    /// answer does not wait behind deferred scripts.
    pub(super) fn request_bids(&self, auction_id: String, body: &str) {
        let sent = self.try_request_bids(auction_id.clone(), body);
        if sent.is_none() {
            app::dispatch(Input::Answered {
                auction_id,
                status: 0,
                body: String::new(),
                at: clock::now(),
            });
        }
    }

    fn try_request_bids(&self, auction_id: String, body: &str) -> Option<()> {
        let request = XmlHttpRequest::new().ok()?;
        let answer = request.clone();
        let done = Closure::<dyn FnMut()>::new(move || {
            let body = answer.response_text().ok().flatten().unwrap_or_default();
            let status = answer.status().unwrap_or_default();
            app::dispatch(Input::Answered {
                auction_id: auction_id.clone(),
                status,
                body,
                at: clock::now(),
            });
        });
        request.open("POST", &self.auction_url).ok()?;
        request.set_with_credentials(true);
        request.set_onloadend(Some(done.as_ref().unchecked_ref()));
        let mut requests = self.requests.borrow_mut();
        requests.retain(|known| known.request.ready_state() != XmlHttpRequest::DONE);
        requests.push(Request {
            request: request.clone(),
            _done: done,
        });
        request.send_with_opt_str(Some(body)).ok()
    }
}
