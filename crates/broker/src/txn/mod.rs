//! The transaction coordinator: who may produce under a transactional id, and how it ends.
