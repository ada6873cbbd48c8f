//! From a spec to the [IR](super::ir): ranges clipped, types looked up, every rule checked.
//!
//! An error names the file and the field. Nothing behind this module checks a spec again.

mod contexts;
mod field;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::ir::{Element, Field, Message, Struct, Type};
use crate::specs::model;
use crate::specs::versions::Versions;

/// Resolves a spec; `None` where it has no valid version.
pub(crate) fn message(file: &str, spec: &model::Message) -> Result<Option<Message>, String> {
    resolve(spec).map_err(|error| format!("{file}: {error}"))
}

fn resolve(spec: &model::Message) -> Result<Option<Message>, String> {
    rules::message(spec)?;
    if spec.valid.is_empty() {
        return Ok(None);
    }
    let scope = Scope::of(spec)?;
    scope.check()?;
    let mut structs = Vec::new();
    for (name, versions) in contexts::order(&scope)? {
        structs.push(scope.resolve(name, versions)?);
    }
    mark_elements(&mut structs);
    mark_borrowing(&mut structs);
    Ok(Some(Message {
        name: spec.name.clone(),
        kind: spec.kind,
        api_key: spec.api_key,
        valid: spec.valid,
        flexible: scope.flexible,
        latest_version_unstable: spec.latest_version_unstable,
        header_versions: spec.header_versions.clone(),
        structs,
    }))
}

/// Every struct of a message by name, and the message's ranges.
struct Scope<'a> {
    root: &'a str,
    valid: Versions,
    flexible: Versions,
    structs: BTreeMap<&'a str, Definition<'a>>,
}

/// What a spec says about one struct.
#[derive(Clone, Copy)]
struct Definition<'a> {
    fields: &'a [model::Field],
    /// The versions it says it has.
    versions: Versions,
    /// Whether any field may name it; the others are defined by the one field that has them.
    is_common: bool,
}

impl<'a> Scope<'a> {
    fn of(spec: &'a model::Message) -> Result<Self, String> {
        let mut scope = Self {
            root: &spec.name,
            valid: spec.valid,
            flexible: spec.flexible.unwrap_or(Versions::NONE).and(spec.valid),
            structs: BTreeMap::new(),
        };
        for model::Struct { name, fields, versions } in &spec.common_structs {
            scope.add(name, Definition { fields, versions: *versions, is_common: true })?;
        }
        scope.add(&spec.name, Definition::of_one_field(&spec.fields))?;
        scope.add_inline(&spec.name, &spec.fields)?;
        for shared in &spec.common_structs {
            scope.add_inline(&shared.name, &shared.fields)?;
        }
        Ok(scope)
    }

    fn add(&mut self, name: &'a str, definition: Definition<'a>) -> Result<(), String> {
        let is_name = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric());
        if !is_name {
            return Err(format!("struct `{name}`: a name is a capital, then letters and digits"));
        }
        match self.structs.insert(name, definition) {
            None => Ok(()),
            Some(_) => Err(format!("struct `{name}` is defined twice")),
        }
    }

    fn add_inline(&mut self, parent: &str, fields: &'a [model::Field]) -> Result<(), String> {
        for field in fields {
            let Some(inner) = &field.fields else { continue };
            let Some(name) = field::struct_name(&field.type_name) else { continue };
            let added = self.add(name, Definition::of_one_field(inner));
            added.map_err(|error| format!("{parent}.{}: {error}", field.name))?;
            self.add_inline(name, inner)?;
        }
        Ok(())
    }

    fn get(&self, name: &str) -> Result<Definition<'a>, String> {
        let found = self.structs.get(name).copied();
        found.ok_or_else(|| format!("struct `{name}` is not defined"))
    }

    /// Checks every struct, also one that no valid version has.
    fn check(&self) -> Result<(), String> {
        for (name, definition) in &self.structs {
            rules::fields(name, definition.fields, self)?;
            self.resolve(name, Versions::NONE)?;
        }
        Ok(())
    }

    /// Resolves one struct for the versions in which it can occur.
    fn resolve(&self, name: &str, versions: Versions) -> Result<Struct, String> {
        let mut fields = Vec::new();
        for spec in self.get(name)?.fields {
            let resolved = field::resolve(name, spec, versions, self);
            fields.extend(resolved.map_err(|error| format!("{name}.{}: {error}", spec.name))?);
        }
        Ok(Struct {
            name: name.to_owned(),
            versions,
            flexible: self.flexible.and(versions),
            fields,
            is_element: false,
            borrows: false,
        })
    }
}

impl<'a> Definition<'a> {
    fn of_one_field(fields: &'a [model::Field]) -> Self {
        Self { fields, versions: Versions::ALL, is_common: false }
    }
}

fn mark_elements(structs: &mut [Struct]) {
    let fields = structs.iter().flat_map(|one| &one.fields);
    let element = |field: &Field| {
        let Type::Array(Element::Struct(name)) = &field.ty else { return None };
        Some(name.clone())
    };
    let elements: Vec<String> = fields.filter_map(element).collect();
    for one in structs {
        one.is_element = elements.contains(&one.name);
    }
}

/// A struct borrows when it has text, bytes, tags or a struct that does.
fn mark_borrowing(structs: &mut [Struct]) {
    loop {
        let borrowing: Vec<String> =
            structs.iter().filter(|one| one.borrows).map(|one| one.name.clone()).collect();
        let mut changed = false;
        for one in structs.iter_mut().filter(|one| !one.borrows) {
            let by_field = one.fields.iter().any(|field| match &field.ty {
                Type::Fixed(_) => false,
                Type::String | Type::Bytes | Type::Records => true,
                Type::Struct(name) | Type::Array(Element::Struct(name)) => borrowing.contains(name),
                Type::Array(Element::Fixed(_) | Element::String | Element::Bytes) => true,
            });
            one.borrows = by_field || !one.flexible.is_empty();
            changed |= one.borrows;
        }
        if !changed {
            return;
        }
    }
}
