//! What inputs mean, in whatever pieces they come.

#![cfg(test)]

use proptest::prelude::*;

use super::*;
use crate::produce::row::Key;

/// What was read, in a form to compare: `key=value@partition/timestamp{headers}` or trouble.
fn shown(row: &Row) -> String {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    let value = row.value().map_or_else(|| "NULL".to_owned(), text);
    let mut shown = match row.key() {
        Key::Absent => value,
        Key::Null => format!("NULL={value}"),
        Key::Bytes(key) => format!("{}={value}", text(key)),
    };
    row.topic().into_iter().for_each(|topic| shown += &format!("#{topic}"));
    row.partition.into_iter().for_each(|partition| shown += &format!("@{partition}"));
    row.timestamp.into_iter().for_each(|time| shown += &format!("/{time}"));
    for (key, value) in row.headers() {
        shown += &format!("{{{key}:{}}}", value.map_or_else(|| "NULL".to_owned(), text));
    }
    shown
}

/// Everything that an input has to say, fed in pieces of these lengths.
fn said(reading: &Reading, bytes: &[u8], pieces: &[usize]) -> Vec<String> {
    let (mut input, mut row, mut said) = (Input::new(reading), Row::default(), Vec::new());
    let (mut rest, mut lengths) = (bytes, pieces.iter().copied());
    loop {
        match input.next(&mut row) {
            Step::Row => said.push(format!("{}: {}", input.line(), shown(&row))),
            Step::Broken(what) => said.push(format!("{}! {what}", input.line())),
            Step::Spoilt(what) => {
                said.push(format!("{}!! {what}", input.line()));
                return said;
            }
            Step::End => return said,
            Step::More if rest.is_empty() => input.end(),
            Step::More => {
                let length = lengths.next().unwrap_or(usize::MAX).clamp(1, rest.len());
                let (piece, more) = rest.split_at(length);
                input.feed(piece);
                rest = more;
            }
        }
    }
}

fn read(format: Format, bytes: &[u8]) -> Vec<String> {
    said(&Reading { format, ..Reading::default() }, bytes, &[])
}

fn with(delimiter: &str, key_delimiter: Option<&str>, empty_is_null: bool) -> Reading {
    let key_delimiter =
        key_delimiter.map(|text| memchr::memmem::Finder::new(text.as_bytes()).into_owned());
    let splitting = Splitting { key_delimiter, empty_is_null };
    Reading { delimiter: delimiter.as_bytes().to_vec(), splitting, ..Reading::default() }
}

#[test]
fn a_line_is_a_value_and_the_last_one_needs_no_end() {
    assert_eq!(read(Format::Lines, b"a\n\nb c\r\nd"), ["1: a", "2: ", "3: b c\\r", "4: d"]);
    assert!(read(Format::Lines, b"").is_empty());
    assert_eq!(said(&with("||", None, false), b"a|b||c|", &[3, 1]), ["1: a|b", "2: c|"]);
}

#[test]
fn a_key_ends_where_its_delimiter_begins_first() {
    let reading = with("\n", Some("::"), false);
    let wanted =
        ["1: k=v::w", "2! there is no `::` between a key and a value (-K)", "3: =v", "4: k="];
    assert_eq!(said(&reading, b"k::v::w\nbare:v\n::v\nk::\n", &[]), wanted);
}

#[test]
fn only_what_is_empty_is_null_and_only_if_that_is_wished() {
    let wanted = ["1: k=NULL", "2: NULL=null", "3: NULL=NULL"];
    assert_eq!(said(&with("\n", Some(":"), true), b"k:\n:null\n:\n", &[]), wanted);
}

#[test]
fn a_record_longer_than_the_limit_is_told_once_and_the_next_one_is_read() {
    let long = Reading { longest: 4, ..with("\r\n", None, false) };
    let bytes = b"abcd\r\nabcde\r\nabcdefghijklm\r\nend\r\n0123456789";
    let told = "it is longer than --max-line allows, 4 bytes";
    let wanted = [
        "1: abcd".to_owned(),
        format!("2! {told}"),
        format!("3! {told}"),
        "4: end".to_owned(),
        format!("5! {told}"),
    ];
    for piece in 1..8 {
        assert_eq!(said(&long, bytes, &[piece; 64]), wanted, "{piece}");
    }
}

#[test]
fn a_file_is_one_record_even_an_empty_one() {
    assert_eq!(read(Format::Whole, b"a\nb\n"), ["1: a\\nb\\n"]);
    assert_eq!(read(Format::Whole, b""), ["1: "]);
    let short = Reading { format: Format::Whole, longest: 2, ..Reading::default() };
    assert_eq!(said(&short, b"abcdef", &[1, 2, 1]).len(), 1);
}

#[test]
fn digits_become_bytes_and_bad_ones_are_named() {
    let wanted = [
        "1: \\x00\\xff",
        "2: \\xab\\xcd",
        "3! `g` at 3 is no hexadecimal digit",
        "4! the last byte has one hexadecimal digit of two",
        "5: ",
    ];
    assert_eq!(read(Format::Hex, b"00ff\nAb cD\n00g0\n123\n\n"), wanted);
}

#[test]
fn lengths_say_where_records_end() {
    let mut bytes = b"\0\0\0\x03abc\0\0\0\0\0\0\0\x09long-long\0\0\0\x01z".to_vec();
    let reading = Reading { format: Format::FramedU32, longest: 8, ..Reading::default() };
    let told = "3! it is longer than --max-line allows, 8 bytes";
    assert_eq!(said(&reading, &bytes, &[5, 1, 9]), ["1: abc", "2: ", told, "4: z"]);
    bytes.truncate(5);
    let wanted = "1! the input ends within a record: 5 of 7 bytes, its length included";
    assert_eq!(said(&reading, &bytes, &[]), [wanted]);
}

#[test]
fn an_object_is_a_record_with_everything_in_it() {
    let lines = br#"{"key":"k","value":"v"}
{"topic":"t","partition":3,"timestamp":-5,"key":null,"value":null,"offset":9}
{"value":"AP8=","value_encoding":"base64","key":"00fF","key_encoding":"hex"}
{"value":{"b": 1, "a":12345678901234567890.10},"value_encoding":"json"}
{"value":"null","headers":[{"key":"a","value":"1"},{"key":"a","value":null},{"key":"","value":""}]}
{"topic":"t","partition":0,"ts":12,"key":"","headers":["a","b","a",null],"payload":"\u00e4\n"}
{"value":null,"value_encoding":"json"}"#;
    let wanted = [
        "1: k=v",
        "2: NULL=NULL#t@3/-5",
        "3: \\x00\\xff=\\x00\\xff",
        "4: {\\\"b\\\": 1, \\\"a\\\":12345678901234567890.10}",
        "5: null{a:1}{a:NULL}{:}",
        "6: =\\xc3\\xa4\\n#t@0/12{a:b}{a:NULL}",
        "7: NULL",
    ];
    assert_eq!(read(Format::Json, lines), wanted);
}

#[test]
fn what_is_no_record_is_told_in_words() {
    for (line, wanted) in [
        ("{\"value\":\"a\"", "EOF while parsing an object at byte 12"),
        ("[1]", "invalid type: sequence, expected an object at byte 0"),
        ("{\"key\":\"a\"}", "there is no `value`; a record without one says null"),
        ("{\"value\":1}", "`value`: no text; \"value_encoding\":\"json\" sends JSON as it is"),
        ("{\"value\":\"a\",\"payload\":\"b\"}", "`payload`: the value stands there twice"),
        ("{\"key\":\"a\",\"key\":\"b\",\"value\":\"\"}", "`key` stands there twice"),
        ("{\"value\":\"\",\"partition\":1.5}", "`partition`: no whole number that can be one"),
        ("{\"value\":\"\\ud800\"}", "`value`: the text has an escape that is no character"),
        ("{\"value\":\"a\"} x", "trailing characters at byte 15"),
        ("{\"value\":\"a\",\"headers\":[\"k\"]}", "`headers`: the last key has no value"),
        ("\u{e4}{", "expected value at byte 1"),
        ("", "EOF while parsing a value at byte 0"),
    ] {
        let reading = Reading { format: Format::Json, ..Reading::default() };
        let told = said(&reading, format!("{line}\n").as_bytes(), &[]);
        assert_eq!(told, [format!("1! {wanted}")], "{line}");
    }
    let unknown = &read(Format::Json, br#"{"vlaue":"a"}"#)[0];
    assert!(unknown.contains("`vlaue`: no such name"), "{unknown}");
    assert!(read(Format::Json, b"{\"value\":\"\xff\"}")[0].contains("UTF-8 from byte 11 on"));
    let deep = format!("{{\"value_encoding\":\"json\",\"value\":{}", "[".repeat(100_000));
    assert!(read(Format::Json, deep.as_bytes())[0].contains("EOF while parsing"));
}

#[test]
fn the_first_row_says_what_the_columns_are() {
    let text =
        b"key,value,header.h,partition\r\na,b,c,1\r\n\"x,\"\"y\",\"two\nlines\",,\r\nlast,\"\",h,2";
    let wanted = ["2: a=b@1{h:c}", "3: x,\\\"y=two\\nlines{h:}", "5: last=@2{h:h}"];
    assert_eq!(read(Format::Csv, text), wanted);
    let nulls = Reading { format: Format::Csv, ..with("\n", None, true) };
    assert_eq!(said(&nulls, b"key,value\n,\n\"\",\"\"\n", &[]), ["2: NULL=NULL", "3: ="]);
}

#[test]
fn columns_of_other_names_are_mapped_or_refused() {
    let refused = read(Format::Csv, b"id,value\n1,2\n");
    assert!(refused.len() == 1 && refused[0].starts_with("1!! the column `id`"), "{refused:?}");
    let mut columns = Columns::default();
    columns.separator = b';';
    columns.map("key=id,value=body,header.from=origin").unwrap();
    let reading = Reading { format: Format::Csv, columns, ..Reading::default() };
    let told = said(&reading, b"x;origin;body;id\n1;2;3;4\n", &[]);
    assert_eq!(told, ["2: 4=3{from:2}"]);
    assert!(said(&reading, b"x;body;id\n", &[])[0].contains("no column `origin`"));
    assert!(Columns::default().map("kye=id").is_err());
    assert!(read(Format::Csv, b"key,key,value\n")[0].contains("two columns"));
    assert!(read(Format::Csv, b"key\na\n")[0].contains("no column `value`"));
}

#[test]
fn a_broken_row_costs_itself_alone() {
    let text = b"key,value\na\nb,c,d\ne,f\"g\n\"h\"i,j\nk,l\n\"open,m\n";
    let wanted = [
        "2! it has 1 fields, and the first row has 2",
        "3! it has 3 fields, and the first row has 2",
        "4! a quote stands within a field without quotes",
        "5! something stands behind the end of a quoted field",
        "6: k=l",
        "7! a quoted field does not end",
    ];
    assert_eq!(read(Format::Csv, text), wanted);
}

/// Bytes in which what matters to some format is frequent.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let frequent = prop::sample::select(b"\n\r\",:|{}[]0aF\\\0\0".to_vec());
    prop::collection::vec(prop_oneof![8 => frequent, 1 => any::<u8>()], 0..200)
}

proptest! {
    #[test]
    fn pieces_make_no_difference(
        bytes in bytes(),
        pieces in prop::collection::vec(1_usize..9, 0..100),
        format in 0_usize..6,
        longest in 0_usize..40,
        delimiter in prop::sample::select(vec!["\n", "||", "a:a"]),
    ) {
        let key = (longest % 2 == 0).then_some(":");
        let format = Format::ALL[format].1;
        let reading = Reading { format, longest, ..with(delimiter, key, longest % 3 == 0) };
        let head = if format == Format::Csv { &b"key,value\n"[..] } else { b"" };
        let bytes = [head, &bytes].concat();
        prop_assert_eq!(said(&reading, &bytes, &[]), said(&reading, &bytes, &pieces));
    }

    #[test]
    fn a_window_holds_one_record_and_one_piece(bytes in bytes(), format in 0_usize..6) {
        let reading = Reading { format: Format::ALL[format].1, longest: 8, ..Reading::default() };
        let (mut input, mut row) = (Input::new(&reading), Row::default());
        for piece in bytes.repeat(8).chunks(16) {
            input.feed(piece);
            let mut step = Step::Row;
            while !matches!(step, Step::More | Step::Spoilt(_) | Step::End) {
                step = input.next(&mut row);
            }
            if matches!(step, Step::Spoilt(_)) {
                break;
            }
            prop_assert!(input.window.rest().len() <= 8 + 4 + 16);
        }
    }

    #[test]
    fn quoted_fields_come_back(fields in prop::collection::vec(any::<Vec<u8>>(), 2)) {
        let quoted = |field: &Vec<u8>| {
            let mut text = vec![b'"'];
            field.iter().for_each(|b| text.extend(if *b == b'"' { &b"\"\""[..] } else {
                std::slice::from_ref(b)
            }));
            text.push(b'"');
            text
        };
        let rows = [b"key,value\n".to_vec(), quoted(&fields[0]), b",".to_vec(), quoted(&fields[1])];
        let reading = Reading { format: Format::Csv, ..Reading::default() };
        let (mut input, mut row) = (Input::new(&reading), Row::default());
        input.feed(&rows.concat());
        input.end();
        prop_assert_eq!(input.next(&mut row), Step::Row);
        prop_assert_eq!(row.key(), Key::Bytes(&fields[0]));
        prop_assert_eq!(row.value(), Some(&fields[1][..]));
    }
}
