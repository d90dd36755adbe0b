// Package sqlite keeps Partwork's ledger in one SQLite file.
//
// One connection writes and a few read. The writer's statements stay prepared,
// its transactions begin IMMEDIATE and are durable when they return
// (synchronous=FULL in WAL mode); readers see the last committed state and never
// wait for the writer. Several processes may use one file on one host: every
// law holds between them too, because every re-check happens inside the
// writing transaction.
//
// The SQL is written for two engines wherever it can be: $1 parameters,
// RETURNING, ON CONFLICT, partial indexes. What only SQLite has is marked.
package sqlite
