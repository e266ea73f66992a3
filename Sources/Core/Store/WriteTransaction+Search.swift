extension WriteTransaction {
    /// Puts a record's document into the search index, in place of an earlier one.
    public func index(_ document: SearchDocument) throws {
        // The text kept beside the index is what the index needs to forget a document later.
        try unindex(document.ref)
        try index(new: document.ref, SearchText(document))
    }

    /// Puts the document of a record that is new into the search index: there is none to be replaced.
    public func index(new ref: Ref, _ text: SearchText) throws {
        let id = SQLValue.int(try nextNumber(StoreSchema.documentNoun))
        try execute(
            """
            INSERT INTO search_document (id, ref, noun, title, body, labels, facets)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, values: [id, ref.sqlValue, .text(ref.noun)] + text.values)
        try execute(
            "INSERT INTO search_index (rowid, title, body, labels, facets) VALUES (?, ?, ?, ?, ?)",
            values: [id] + text.values)
    }

    /// Takes a record out of the search index; harmless when it is not there.
    public func unindex(_ ref: Ref) throws {
        let old = try row(
            "SELECT id, title, body, labels, facets FROM search_document WHERE ref = ?", ref)
        guard let old else { return }
        let id = try old.int64("id")
        try execute(
            """
            INSERT INTO search_index (search_index, rowid, title, body, labels, facets)
            VALUES ('delete', ?, ?, ?, ?, ?)
            """, id, try old.text("title"), try old.text("body"), try old.text("labels"),
            try old.text("facets"))
        try execute("DELETE FROM search_document WHERE id = ?", id)
    }
}
