//! The banner an SSP serves: one element with its own styles, nothing loaded from anywhere.
//!
//! It says what somebody who looks at the demo wants to know: who won, at what price, in which
//! size. Tests read the same from its `data-` attributes.

use std::fmt::Write as _;

/// The banner as HTML for one size.
pub fn banner_html(code: &str, price: f64, currency: &str, (w, h): (u64, u64)) -> String {
    let hue = hue(code);
    let form = Form::of(w, h);
    let (direction, align) = match form {
        Form::Wide => ("row", "center"),
        Form::Tall => ("column", "flex-start"),
    };
    let title = (w.min(h * 3) / 7).clamp(22, 64);
    let text = (title / 3).clamp(11, 18);
    let pad = (w.min(h) / 9).max(8);
    let mut html = String::with_capacity(1600);
    let _ = write!(
        html,
        "<div class=\"ssp-ad\" data-ssp=\"{code}\" data-price=\"{price:.2}\" data-size=\"{w}x{h}\">\
<style>body{{margin:0}}.ssp-ad{{position:relative;box-sizing:border-box;width:{w}px;height:{h}px;padding:{pad}px;\
overflow:hidden;display:flex;flex-direction:{direction};align-items:{align};justify-content:space-between;gap:{pad}px;\
color:#fff;font:{text}px/1.35 system-ui,'Segoe UI',Helvetica,Arial,sans-serif;\
background:radial-gradient(circle at 88% 0,hsl({light} 90% 72% / .85),transparent 46%),\
radial-gradient(circle at 0 110%,hsl({dark} 80% 30% / .9),transparent 58%),\
linear-gradient(115deg,hsl({hue} 68% 38%),hsl({dark} 72% 26%))}}\
.ssp-ad b{{display:block;font-size:{title}px;line-height:1.05;letter-spacing:-.02em;text-transform:capitalize}}\
.ssp-ad i{{font-style:normal;opacity:.85}}\
.ssp-ad u{{text-decoration:none;font-weight:600;padding:.5em .95em;border-radius:99px;white-space:nowrap;\
background:#fff;color:hsl({hue} 70% 28%);box-shadow:0 2px 10px #0004}}\
.ssp-ad s{{position:absolute;right:5px;bottom:3px;font-size:9px;text-decoration:none;opacity:.6}}</style>\
<span><b>{code}</b><i>bought this place</i></span><u>{currency} {price:.2} cpm</u><s>Ad · {w}×{h}</s></div>",
        light = (hue + 40) % 360,
        dark = (hue + 330) % 360,
    );
    html
}

enum Form {
    Wide,
    Tall,
}

impl Form {
    fn of(w: u64, h: u64) -> Self {
        if w > h * 2 { Self::Wide } else { Self::Tall }
    }
}

/// Each SSP has its colour, chosen by its name.
fn hue(code: &str) -> u64 {
    code.bytes()
        .fold(17, |hue, byte| (hue * 261 + u64::from(byte) * 101) % 360)
}

#[cfg(test)]
mod tests {
    use super::{banner_html, hue};

    #[test]
    fn names_the_ssp_the_price_and_the_size() {
        let html = banner_html("alpha", 1.2, "USD", (728, 90));
        for part in [
            "data-ssp=\"alpha\"",
            "data-price=\"1.20\"",
            "USD 1.20 cpm",
            "728×90",
        ] {
            assert!(html.contains(part), "{part} is missing");
        }
    }

    #[test]
    fn loads_nothing() {
        let html = banner_html("beta", 1.2, "USD", (300, 600));
        for part in ["http", "src=", "url(", "<script", "@import"] {
            assert!(!html.contains(part), "{part} is in it");
        }
    }

    #[test]
    fn the_demo_ssps_differ_in_colour() {
        let mut hues = ["alpha", "beta", "gamma", "delta", "omega"].map(hue);
        hues.sort_unstable();
        assert!(
            hues.windows(2).all(|pair| pair[1] - pair[0] >= 20),
            "{hues:?}"
        );
    }
}
