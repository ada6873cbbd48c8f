//! `PROPERTIES.md` is made from the rows.
#![cfg(test)]

use klamm_config::explain::{Support, all};
use klamm_config::{Explanation, Family, Profile};

const FILE: &str = "PROPERTIES.md";

const HEAD: &str = "\
# Properties

Every name that is known, made from the rows by a test (`KLAMM_BLESS=1 cargo test -p klamm-config
--test table` writes it anew). Versions: the Java client 4.3.1, librdkafka 2.12.1. \"Of\" says whose
name, or whose meaning of a name, it is: `both`, `Java`, `librdkafka`, or `klamm` for our own. A
name with two meanings has two rows. A dash is for what somebody has no default of, or no such name.

By librdkafka's names `enable.idempotence` is false and `partitioner` is `consistent_random` unless
they are set; every other default here is that of the column \"Here\" for both families.

Not in the table: settings of what stands beside a client in the same file, of serializers with a
schema registry (`schema.registry.url`), of interceptors (`confluent.monitoring.…`), of the Go and
.NET clients around librdkafka (`go.…`, `dotnet.…`). They change nothing, and are told.

| Support | Meaning |
|---|---|
| yes | does what it says |
| one value | takes the value of what is done anyway, and no other |
| ignored | accepted, changes nothing, and is told |
| not yet | refused: known, and nothing reads it yet |
| no | refused for good, with what to do instead |

";

#[test]
fn the_table_of_properties_is_fresh() {
    let mut known: Vec<Explanation> = all().collect();
    known.sort_by_key(|one| (one.name, one.family == Family::Librdkafka));
    let mut rows = String::from(
        "| Property | Of | Support | Takes | Here | Java | librdkafka | For |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    rows.extend(known.iter().map(row));
    let actual = format!("{HEAD}{rows}\n## Profiles\n\n{}", profiles());
    let path = format!("{}/{FILE}", env!("CARGO_MANIFEST_DIR"));
    let fresh = std::fs::read_to_string(&path).is_ok_and(|written| written == actual);
    if !fresh && std::env::var_os("KLAMM_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    assert!(fresh, "{FILE} is not fresh: set KLAMM_BLESS to write it anew");
}

fn row(one: &Explanation) -> String {
    let whose = match one.family {
        Family::Java => "Java",
        Family::Librdkafka => "librdkafka",
        Family::Detect if one.name.starts_with("klamm.") => "klamm",
        Family::Detect => "both",
    };
    let support = match one.support {
        Support::Yes => "yes",
        Support::OneValue => "one value",
        Support::Ignored => "ignored",
        Support::NotYet => "not yet",
        Support::No => "no",
        _ => "?",
    };
    let defaults = [one.default, one.java_default, one.librdkafka_default].map(code);
    let name = code(Some(one.name));
    let cells = [whose, support, &one.takes, &defaults[0], &defaults[1], &defaults[2], one.doc];
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {name} | {} |\n", cells.join(" | "))
}

fn code(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), |text| format!("`{text}`"))
}

fn profiles() -> String {
    let mut text = String::from("| Profile | Property | Value |\n|---|---|---|\n");
    for profile in Profile::ALL {
        for (name, value) in profile.properties() {
            text += &format!("| `{profile}` | `{name}` | `{value}` |\n");
        }
    }
    text
}
