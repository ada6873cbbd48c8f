//! Names that belong to what stands beside a client: nobody's mistake, and nothing for us.

const SERIALIZERS: &str = "serializers with a schema registry, and records are handed in as bytes";
const INTERCEPTORS: &str = "interceptors, which are classes of Java";
const GO: &str = "the Go client around librdkafka";
const DOTNET: &str = "the .NET client around librdkafka";

/// How such names begin, and whose they are; a whole name stands as it is.
const BEGINNINGS: &[(&str, &str)] = &[
    ("schema.registry.", SERIALIZERS),
    ("apicurio.", SERIALIZERS),
    ("basic.auth.", SERIALIZERS),
    ("bearer.auth.", SERIALIZERS),
    ("auto.register.schemas", SERIALIZERS),
    ("normalize.schemas", SERIALIZERS),
    ("use.latest.version", SERIALIZERS),
    ("use.latest.with.metadata", SERIALIZERS),
    ("use.schema.id", SERIALIZERS),
    ("latest.compatibility.strict", SERIALIZERS),
    ("latest.cache.", SERIALIZERS),
    ("max.schemas.per.subject", SERIALIZERS),
    ("key.subject.name.strategy", SERIALIZERS),
    ("value.subject.name.strategy", SERIALIZERS),
    ("reference.subject.name.strategy", SERIALIZERS),
    ("key.schema.id.serializer", SERIALIZERS),
    ("value.schema.id.serializer", SERIALIZERS),
    ("specific.avro.", SERIALIZERS),
    ("avro.", SERIALIZERS),
    ("json.", SERIALIZERS),
    ("protobuf.", SERIALIZERS),
    ("confluent.monitoring.", INTERCEPTORS),
    ("confluent.metrics.", INTERCEPTORS),
    ("confluent.lineage.", INTERCEPTORS),
    ("go.", GO),
    ("dotnet.", DOTNET),
];

/// Whose setting a name is that no client knows.
pub(crate) fn whose(name: &str) -> Option<&'static str> {
    let is_of = |beginning: &str| {
        if beginning.ends_with('.') { name.starts_with(beginning) } else { name == beginning }
    };
    BEGINNINGS.iter().find(|(beginning, _)| is_of(beginning)).map(|(_, whose)| *whose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table;

    #[test]
    fn no_property_of_a_client_is_taken_for_something_else() {
        for row in table::rows() {
            assert_eq!(whose(row.name), None, "{}", row.name);
        }
    }

    #[test]
    fn a_name_that_is_mistyped_is_nobodys() {
        for name in ["auto.register.schema", "schema.registry", "liner.ms", "go"] {
            assert_eq!(whose(name), None, "{name}");
        }
        assert!(whose("schema.registry.basic.auth.user.info").is_some());
    }
}
