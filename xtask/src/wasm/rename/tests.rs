//! A module made by hand, with one import and one export.

use super::{Shortened, letters, push_number, push_vector, shorten};

fn module() -> Vec<u8> {
    let mut imports = vec![1];
    push_vector(&mut imports, b"./sdk_bg.js");
    push_vector(&mut imports, b"__wbg_now_1f");
    imports.extend([0, 0]);
    let mut exports = vec![2];
    push_vector(&mut exports, b"memory");
    exports.extend([2, 0]);
    push_vector(&mut exports, b"start");
    exports.extend([0, 1]);
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    for (id, content) in [(1, vec![0]), (2, imports), (7, exports)] {
        module.push(id);
        push_vector(&mut module, &content);
    }
    module
}

#[test]
fn both_sides_get_the_same_short_names() {
    let glue = r#"function start(memory) { wasm.start(wasm.memory); } const imports = { "./sdk_bg.js": { __wbg_now_1f: () => now() } };"#;
    let Shortened { module, glue } = shorten(&module(), glue).unwrap();
    assert_eq!(
        glue,
        r#"function start(memory) { wasm.d(wasm.c); } const imports = { "a": { b: () => now() } };"#
    );
    let expected: &[u8] =
        b"\0asm\x01\0\0\0\x01\x01\0\x02\x07\x01\x01a\x01b\0\0\x07\x09\x02\x01c\x02\0\x01d\0\x01";
    assert_eq!(module, expected);
}

#[test]
fn a_module_that_ends_early_is_an_error() {
    let whole = module();
    // Cut anywhere but between two sections.
    for end in (9..whole.len()).filter(|end| ![11, 41].contains(end)) {
        assert!(shorten(&whole[..end], "").is_err(), "cut at {end}");
    }
    assert!(shorten(b"", "").is_err());
}

#[test]
fn an_import_past_the_glue_is_an_error() {
    let mut module = module();
    let place = module.windows(6).position(|at| at == b"sdk_bg").unwrap();
    module[place] = b'x';
    let error = shorten(&module, "").unwrap_err().to_string();
    assert_eq!(error, "the module imports directly from ./xdk_bg.js");
}

#[test]
fn long_numbers_survive() {
    let mut bytes = Vec::new();
    push_number(&mut bytes, 300);
    assert_eq!(bytes, [0xac, 2]);
}

#[test]
fn letters_go_on_after_z() {
    assert_eq!(
        [0, 25, 26, 51, 52, 702].map(letters),
        ["a", "z", "aa", "az", "ba", "aaa"]
    );
}
