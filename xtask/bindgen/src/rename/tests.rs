//! A module made by hand, with one import and one export.

use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, FunctionSection, ImportSection, Module,
    TypeSection,
};

use super::{GLUE, Shortened, letters, shorten};

fn module_of(from: &str) -> Vec<u8> {
    let mut imports = ImportSection::new();
    imports.import(from, "__wbg_now_1f", EntityType::Function(0));
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("start", ExportKind::Func, 1);
    let mut module = Module::new();
    module
        .section(&TypeSection::new())
        .section(&imports)
        .section(&exports);
    module.finish()
}

#[test]
fn both_sides_get_the_same_short_names() {
    let glue = r#"function start(memory) { wasm.start(wasm.memory); } const imports = { "./sdk_bg.js": { __wbg_now_1f: () => now() } };"#;
    let Shortened { module, glue } = shorten(&module_of(GLUE), glue).unwrap();
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
    let whole = module_of(GLUE);
    // Cut anywhere but between two sections.
    for end in (9..whole.len()).filter(|end| ![11, 41].contains(end)) {
        assert!(shorten(&whole[..end], "").is_err(), "cut at {end}");
    }
    assert!(shorten(b"", "").is_err());
    assert!(shorten(b"<html>no such file</html>", "").is_err());
}

#[test]
fn what_comes_from_another_script_passes_through_the_glue() {
    let glue = "import * as import1 from \"other\"\nconst import0 = {\n        __proto__: null,\n    };\n    return {\n        \"./sdk_bg.js\": import0,\n        \"other\": import1,\n    };\n";
    let glue = shorten(&module_of("other"), glue).unwrap().glue;
    assert_eq!(
        glue,
        "import * as import1 from \"other\"\nconst import0 = {\n        __proto__: null,\n        b: import1.__wbg_now_1f,\n    };\n    return {\n        \"a\": import0,\n    };\n"
    );
    let error = shorten(&module_of("other"), "").unwrap_err().to_string();
    assert_eq!(error, "the glue does not import other");
}

#[test]
fn what_the_glue_never_makes_is_an_error() {
    let mut imports = ImportSection::new();
    imports.import(
        GLUE,
        "memory",
        wasm_encoder::MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        },
    );
    let mut module = Module::new();
    module.section(&imports);
    let error = shorten(&module.finish(), "").unwrap_err().to_string();
    assert!(error.contains("which the glue never makes"), "{error}");
}

#[test]
fn code_and_numbers_of_several_bytes_stay_as_they_are() {
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut exports = ExportSection::new();
    exports.export("start", ExportKind::Func, 300);
    let mut code = CodeSection::new();
    code.raw(&[0x41, 0x80, 0x80, 0x00, 0x0b]);
    let mut module = Module::new();
    module.section(&functions).section(&exports).section(&code);
    let short = shorten(&module.finish(), "").unwrap().module;
    assert_eq!(
        short[8..],
        b"\x03\x02\x01\0\x07\x06\x01\x01a\0\xac\x02\x0a\x07\x01\x05\x41\x80\x80\0\x0b"[..]
    );
}

#[test]
fn letters_go_on_after_z() {
    assert_eq!(
        [0, 25, 26, 51, 52, 702].map(letters),
        ["a", "z", "aa", "az", "ba", "aaa"]
    );
}
