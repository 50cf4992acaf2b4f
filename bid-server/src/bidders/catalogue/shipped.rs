//! The shipped definitions, compiled into the program.

/// Code, definition, schema of the params.
type Shipped = (&'static str, &'static str, &'static str);

macro_rules! shipped {
    ($($code:literal),* $(,)?) => {
        /// Sorted by code.
        pub(super) const ALL: &[Shipped] = &[$((
            $code,
            include_str!(concat!("../../../adapters/", $code, "/adapter.toml")),
            include_str!(concat!("../../../adapters/", $code, "/params.json")),
        )),*];
    };
}

shipped![
    "adf",
    "adgeneration",
    "aja",
    "algorix",
    "dsp_geniee",
    "ex_geniee",
    "inmobi",
    "logicad",
    "medianet",
    "rtbhouse",
    "sovrn",
    "teads",
    "ucfunnel",
    "unicorn",
    "yieldone",
];
