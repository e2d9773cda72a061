#include "program/explanations.h"

#include <algorithm>
#include <array>

namespace streams {
namespace {

constexpr auto kExplanations = std::to_array<Explanation>({
    {"access-refused",
     "The source knows who you are and does not let you read this (403). Give the token the "
     "right that the message names, or leave the stream out with --stream '!NAME'."},
    {"airbyte-protocol",
     "The input is in the protocol of Airbyte, whose messages are wrapped in another way. It "
     "is refused by name, because no record of it would be understood; use a program that "
     "writes Singer messages or ours."},
    {"answer-not-json",
     "A request was answered with something that is no JSON, often a page of a proxy or of a "
     "login. Try the address in a browser, and check base_url."},
    {"answer-size",
     "A program that was asked for its description or its catalog wrote more than 64 MiB. It "
     "probably does not know the question and began to sync instead."},
    {"answer-too-large",
     "The source sent a body beyond the limit for one page. Ask for smaller pages."},
    {"bad-address", "A server was told to listen at an address that this machine does not have."},
    {"bad-answer",
     "The source's answer was broken off or damaged on its way. It was asked for again, in "
     "vain; try later."},
    {"bad-header",
     "A header of a request holds a character that HTTP does not allow, most often a line "
     "break at the end of a token."},
    {"bad-link", "The source's Link header, which names the next page, cannot be read."},
    {"bad-method",
     "A request has a method that is not sent here. GET, POST, PUT, PATCH and DELETE are."},
    {"bad-redirect",
     "The source sent us to another place too often, or to one where a secret must not go."},
    {"bad-secret",
     "A secret cannot be sent as it is: it is empty, or holds a line break or another "
     "control character. Look where it came from; a file often ends in a line break."},
    {"bad-url", "An address is not a whole http or https URL."},
    {"batch-encoding",
     "A BATCH message names files of a kind that is not read. JSON lines, plain or packed by gzip "
     "or zstd, and Parquet are."},
    {"batch-manifest", "A BATCH message has no list of files, or something else stands in it."},
    {"batch-message",
     "The input has a BATCH message, which names a file with records. Only local files are read, "
     "and only below the folders of --batch-root, because whoever writes a message could name any "
     "file. Allow the folder, or tell the tap to write RECORD messages (without batch_config)."},
    {"batch-record", "A line of a file that a BATCH message names is not a JSON object."},
    {"cannot-listen", "A server could not listen at its port, because another program has it."},
    {"catalog",
     "What the source printed as its catalog is not one. A catalog is an object with a list "
     "\"streams\"."},
    {"catalog-unreadable", "The file of --catalog is not a catalog as discover prints it."},
    {"column-foreign",
     "The table has a column of this name that we did not make and that the stream cannot "
     "use. Rename it, or load into another schema."},
    {"column-name", "A field's name cannot be a column's, even in quotes."},
    {"column-reserved",
     "A field has a name that is ours, such as _streams_commit. Rename it in the source."},
    {"column-spelling",
     "The column was made by a run with another word of --nested or --mixed. Use the same word, "
     "or load the stream anew with --refresh STREAM."},
    {"column-type-changed",
     "A column has another type than the one that we gave it, so somebody changed the table. "
     "Nothing was stored; change it back, or load anew with --refresh STREAM."},
    {"commit-unknown",
     "The pipeline has no commit of this number. streams state history DESTINATION lists them."},
    {"component-later",
     "The manifest uses a component that is known but does not run here yet. The message "
     "says which."},
    {"component-misplaced",
     "A component stands where another kind belongs. The message says what belongs there."},
    {"component-unknown",
     "The manifest names a component that does not exist; it may be a typing error."},
    {"compression",
     "A compressed file could not be made or read: the library that packs it says why."},
    {"config-syntax",
     "A file of settings cannot be read: it is no JSON or YAML from the named place on, or "
     "it holds more than settings need. No piece of it is shown, because it may hold "
     "secrets."},
    {"connection-lost",
     "The connection to the destination's server broke off, or the server ended it. What was "
     "not committed is gone there as well; run it again."},
    {"csv-cells",
     "A line of a CSV file has more or fewer cells than its header. Most often a cell "
     "holds the delimiter without quotes, or --delimiter is another one. The message "
     "names the line."},
    {"csv-header",
     "Two columns of a CSV file have one name, so records could hold only one of them. "
     "Rename one in the file."},
    {"csv-quote",
     "A quoted cell of a CSV file has no end, or text stands behind its closing quote. A "
     "quote within quotes is written twice. The message names the line."},
    {"custom-component",
     "The manifest needs a class in Python, which does not run here. Replace it by the "
     "components that do."},
    {"database-damaged",
     "SQLite says that the file is damaged. Run PRAGMA integrity_check, and restore it from "
     "a copy."},
    {"database-unknown",
     "The server that you named has no database of this name. The last part of the URL's path "
     "names it."},
    {"descriptor-closed",
     "A runner said on which descriptor it speaks, and that one is not open. A wrapper "
     "between the two closes descriptors; start the program without it."},
    {"destination-busy",
     "Another program has the destination open and locked. Close it there, or wait for it "
     "with --wait 10m. Nothing was read or written."},
    {"destination-memory",
     "The destination ran out of the memory that it may use. Close what else is large, or commit "
     "more often: a source that writes STATE more often makes smaller transactions."},
    {"destination-unknown",
     "The second word of streams run names no program. A destination is a URL, whose scheme "
     "names the persister (sqlite:FILE is persist-sqlite), or a command in quotes."},
    {"destination-unreachable",
     "Nobody answers where the destination should be. Start the server, or correct host and "
     "port."},
    {"disk-error",
     "The disk refused to read or write. What was committed before is safe; the system's log "
     "says more."},
    {"disk-full",
     "There is no room left, or a quota is used up. The last commit is whole; make room and "
     "run again."},
    {"duckdb", "DuckDB failed in a way that has no name of its own; the message holds its words."},
    {"fault",
     "The program met a fault of its own. Please report it with the lines that it printed."},
    {"fenced",
     "Another run has taken this pipeline over, for example after this one was frozen. "
     "Nothing of this run is stored after that moment; look which of the two should live."},
    {"fields-max", "A stream has more fields than a table may have. Leave some out in the source."},
    {"file-exists", "A file that was to be made is there already."},
    {"file-format",
     "What a file holds is told by its name: .csv, .tsv, .jsonl, .ndjson, .parquet, with "
     ".gz or .zst behind. For another name say it with --format."},
    {"file-missing",
     "A file or folder does not exist. Names are relative to the folder in which the program "
     "was started."},
    {"file-name",
     "A name cannot be that of a file here: it is a folder, too long, or not allowed."},
    {"file-size", "A file is longer than it may be for this use."},
    {"format-missing",
     "Files of this format need a library that is not installed beside this program. Parquet "
     "comes with tools/setup and a new build; CSV and JSON lines need nothing."},
    {"http",
     "The HTTP library failed in a way that has no name of its own; the message holds its "
     "words."},
    {"input-cut",
     "The input ended before its end was said: the streamer failed, or its runner was "
     "killed. Everything up to the last STATE is stored and nothing after it; run again."},
    {"interrupted", "A signal stopped the run before it had begun."},
    {"journal-damaged",
     "An entry of the folder's journal cannot be read. It was not written by us as it "
     "stands; restore it from a copy."},
    {"json-depth",
     "A value nests deeper than any sensible record does, so that reading it could exhaust "
     "the machine."},
    {"json-syntax",
     "A line or value is no JSON. Any bad line might have been a SCHEMA or a STATE, so the "
     "run ends there."},
    {"key-changed",
     "The key of the stream is not the one that its table was made with. Load it anew with "
     "--refresh STREAM, or give the pipeline another name."},
    {"key-missing", "A record lacks a field of its key, so that it could never be found again."},
    {"key-nested", "A field of the key holds an object or a list, which cannot be compared."},
    {"key-null",
     "A field of the key is null. Rows with such keys could never be updated; correct the "
     "source, or set them aside with --on-bad-record reject."},
    {"line-too-long", "A line is longer than 64 MiB. A record of that size is mostly a mistake."},
    {"load-changed",
     "The table was made to be loaded in another way (append, upsert). Load it anew with "
     "--refresh STREAM."},
    {"load-upsert",
     "This destination cannot update rows by their key, so --load upsert has no meaning "
     "there."},
    {"login-refused",
     "The destination's server does not let this user in: the password is wrong, or the server's "
     "rules do not allow the user from here."},
    {"manifest-syntax", "The manifest is no YAML that can be read; the message names the line."},
    {"manifest-too-large",
     "The manifest is larger than any manifest is, or grows beyond bounds by its aliases."},
    {"memory",
     "There is no memory left, or --memory is too small to work in. At least 16MB are "
     "needed."},
    {"message-shape",
     "A line is JSON but no message: a type, a stream or a record is missing, or of the "
     "wrong kind."},
    {"no-files",
     "The folder or pattern holds no file that can be read. Names that begin with a dot "
     "or an underscore are never data."},
    {"no-ledger",
     "This destination cannot remember a state, so there is none to show or change. The "
     "state file is with the runner."},
    {"no-permission",
     "The system does not let this user read or write there. Nothing was changed."},
    {"no-receipts",
     "Only a pipeline that has a name keeps receipts of what it stored: a run of streams run, or a "
     "persister with --pipeline NAME. What a bare pipe has stored cannot be verified."},
    {"no-rights",
     "The destination's server does not give this user the right that the run needs. Grant it, "
     "or load as another user or into another schema."},
    {"no-show", "This destination cannot show what is in it."},
    {"no-table", "There is no such table or folder; without a name, show lists what there is."},
    {"not-a-database",
     "The file is there and is no SQLite database. It was left alone; check --path."},
    {"not-found",
     "The source does not know what was asked for (404). It may be misspelled, gone, or "
     "hidden from this token."},
    {"nothing-selected",
     "No stream is left to read. The patterns of --stream and the catalog leave every one "
     "out."},
    {"number-room",
     "A number has more digits than the column has room for. It is refused instead of being "
     "rounded."},
    {"other-source",
     "The pipeline of this name was loaded from another source, and would go on from that "
     "one's bookmarks. Give this one a name with --pipeline; if the source is the same and "
     "only moved, say --same-source."},
    {"out-of-memory", "There was no memory for an answer of the source. Ask for smaller pages."},
    {"output-closed",
     "Whoever read our output has gone away. That program's own message is the one that "
     "counts."},
    {"overwrite-without-runner",
     "In a pipe made by a shell, a source that dies looks like one that is done, and the "
     "table would be emptied. Use streams run, which knows the difference."},
    {"paging-loop",
     "The source's pages lead back to themselves or have no end. The run was stopped before "
     "it read for ever."},
    {"parquet-damaged",
     "A Parquet file cannot be read, because it is cut, damaged or none. Its end holds "
     "the index, so a file that is still being written cannot be read either."},
    {"parquet-type",
     "A value of a Parquet file has no form in JSON, such as NaN. The message names the "
     "column and the row."},
    {"parquet-write",
     "A Parquet file could not be written; the message is Arrow's own. Nothing of this commit was "
     "stored. Choose another format, and report it."},
    {"path-unusable",
     "The path of the database, or of a report, cannot be used: a folder is missing, or it is not "
     "a file."},
    {"persister-failed",
     "The persister ended without saying why. Its last lines are shown; it may have been "
     "killed."},
    {"pipeline-exists", "There is a pipeline of this name already, so another one cannot take it."},
    {"pipeline-locked",
     "Another run of the same pipeline is at work. Wait for it with --wait 10m; nothing was "
     "read or written."},
    {"pipeline-name", "A pipeline needs a name that is not empty."},
    {"pipeline-unknown",
     "The destination has no pipeline of this name. streams state shows which there are."},
    {"postgres",
     "PostgreSQL failed in a way that has no name of its own; the message holds its words."},
    {"program-killed",
     "A program was killed when it was asked what it can do; without the answer it would be "
     "taken for a stranger's, with fewer promises. Nothing was read or written. Run it again."},
    {"program-missing",
     "A program is neither beside this one nor on the PATH, or may not be started."},
    {"property-missing", "A component of the manifest lacks a property that it needs."},
    {"property-unknown",
     "A component of the manifest has a property that nobody reads; it may be a typing "
     "error."},
    {"property-value", "A property of the manifest has a value that it cannot have."},
    {"rate-limited",
     "The source asked us to slow down for longer than a run may wait. What was read is "
     "stored; run again later."},
    {"read-only",
     "The database may not be written by this user, or lies on a file system that is read "
     "only."},
    {"receipt-mismatch",
     "streams verify has read the destination back, and it does not hold what the receipts of its "
     "commits say: a value was changed, or rows are lost, doubled or of somebody else. The lines "
     "above name the table, the commit and the counts. Put the table or file back from a backup, "
     "or "
     "load the stream again from the start with --refresh STREAM."},
    {"record-field",
     "A record has a field that its schema does not have, and the schema allows no others."},
    {"record-format",
     "A text is not of the form that the schema promises, such as a date and time."},
    {"record-required", "A record lacks a field that its schema requires."},
    {"record-schema",
     "A value, or the record as a whole, breaks a rule of its stream's schema: a length, a bound, "
     "a pattern, a list of values. Correct the source or its schema, or set such records aside "
     "with --on-bad-record reject."},
    {"record-shape", "Where a record was expected the source sent something that is no object."},
    {"record-size",
     "One record of a file is longer than 64 MiB. Most often a quote that opens a CSV "
     "cell is never closed."},
    {"record-type",
     "A value is of another kind than the schema promises. It is never changed silently: "
     "correct the source, or set such records aside with --on-bad-record reject."},
    {"reference-cycle", "A $ref of the manifest leads back to itself."},
    {"reference-unknown", "A $ref of the manifest points at nothing."},
    {"rejects-max",
     "More records were set aside than --rejects-max allows. That many bad ones mean that "
     "something else is wrong."},
    {"request-refused",
     "The source refused the request itself (4xx). The message holds what it said."},
    {"row-refused", "The database refused a row, by a rule of the table that we did not make."},
    {"schema-draft",
     "A schema is of a draft of JSON Schema that is not read here. Drafts 4, 6, 7, 2019-09 and "
     "2020-12 are."},
    {"schema-frozen",
     "The source has changed (a field is new, gone, wider, or of another kind), and --evolution "
     "freeze lets no column change. Let the columns follow with one run of --evolution evolve, "
     "or correct the source; records that do not fit can be set aside with --on-bad-record "
     "reject."},
    {"schema-invalid", "A SCHEMA message's schema is not a JSON Schema that can be followed."},
    {"schema-keyword",
     "A schema has a keyword that is neither checked nor known to be a remark, so nobody could say "
     "which records are good. Remarks of one's own begin with x-."},
    {"schema-missing",
     "A file that was given for its schemas has none of the streams in question. It has to hold "
     "SCHEMA messages, as a streamer prints them."},
    {"schema-pattern",
     "A schema has a pattern that cannot be matched in linear time (it looks ahead or back, or "
     "repeats more than a thousand times), or that is no pattern."},
    {"schema-ref", "A $ref of a schema points at nothing, outside the schema, or back to itself."},
    {"schema-size", "A schema is larger than any table could be."},
    {"schema-unknown",
     "The destination has no schema to load into for this user. Name one with --schema; it is "
     "made if it does not exist."},
    {"server-busy",
     "The destination's server has no connection left, or gave up a transaction because of "
     "others. Run it again."},
    {"server-error", "The source failed (5xx) however often it was asked. Try later."},
    {"setting-missing",
     "A setting that the program cannot do without has no value. Give it as a flag, in a "
     "file or as a variable."},
    {"setting-value",
     "A setting has a value that it cannot have. Values of secrets are not shown."},
    {"short-answer", "The source's answer ended before its announced length, again and again."},
    {"source-unknown",
     "The first word of streams run names no program. A source is a word (stream-WORD or "
     "tap-WORD), a *.yaml manifest, or a command in quotes."},
    {"sqlite", "SQLite failed in a way that has no name of its own; the message holds its words."},
    {"state-layout",
     "The state is not of a form in which one stream can be found, so this stream alone "
     "cannot start anew. Load everything with --load overwrite."},
    {"state-older",
     "The state file holds an older state than the destination, as after a crash between the "
     "commit and its echo. The stored one was printed, so that the file is right again: run "
     "once more."},
    {"state-refused", "The state is not one that this source can go on from. Nothing was read."},
    {"state-unknown",
     "The state file holds a state that this pipeline never stored; it may belong to another "
     "one. If it is right, make it known with the word state and --set."},
    {"state-unreadable",
     "The state that was given is none of this source's. Start from the beginning with "
     "an empty state file, or give the one that this source wrote."},
    {"state-without-pipeline",
     "--state is compared with what the destination remembers of a pipeline, so the pipeline "
     "needs a name: --pipeline NAME."},
    {"stopped", "The run was stopped while it waited for the source."},
    {"stream-header",
     "The header of the stream (stitchstream/0.1) is broken, or names a content that is not "
     "JSON lines."},
    {"stream-unknown",
     "A pattern of --stream, or the catalog, names a stream that the source does not have."},
    {"streamer-failed",
     "The streamer ended with an error of its own; its last lines are shown. What it sent up "
     "to its last STATE is stored, and the next run goes on from there."},
    {"system", "A call to the system failed; the message holds the system's words."},
    {"table-adopted",
     "A table that somebody else made cannot take these rows as it is. Change it as the "
     "message says, or load into another schema."},
    {"table-foreign",
     "There is a table of this name that we did not make. Load into another schema with "
     "--schema NAME, or take the table over with --adopt."},
    {"table-generated",
     "The table has generated columns, triggers or the like, so it cannot be rebuilt for a "
     "wider type."},
    {"table-missing",
     "A table or file that the pipeline has loaded is gone. If that was meant, load the "
     "stream anew with --refresh STREAM."},
    {"table-owned",
     "The table belongs to another pipeline. Load into a schema of your own with --schema "
     "NAME, or rename that pipeline."},
    {"table-unknown", "There is no table of this name; without a name, show lists what there is."},
    {"table-used",
     "A table has to be changed, and something depends on it as it is, a view most often. Drop "
     "that first and make it again afterwards, or load into another schema."},
    {"template-failed",
     "A template of the manifest could not be worked out with these values, or took too many "
     "steps."},
    {"template-syntax", "A template of the manifest is not well formed."},
    {"template-variable",
     "A template of the manifest uses a name that does not exist where it stands."},
    {"text-nul",
     "A text holds the character NUL, which the destination cannot store. Correct the source, or "
     "leave the field out."},
    {"text-surrogate",
     "A text has half of a surrogate pair, which is no character and could not be stored "
     "faithfully."},
    {"time-digits",
     "A time has digits beyond the microseconds that columns keep, and --timestamps exact "
     "forbids to cut them. Set such records aside with --on-bad-record reject, or leave the "
     "setting away."},
    {"time-range",
     "A date or time lies outside what the column can hold. It is refused instead of being "
     "moved."},
    {"timeout", "The source did not answer in time, however often it was asked. Try later."},
    {"tls-refused",
     "The source's certificate is not valid for its name or not trusted here. No secret was "
     "sent."},
    {"token-refused",
     "The source does not accept the token (401): it is wrong, has run out, or was cut when "
     "copied. The message says where it came from."},
    {"too-many-columns",
     "The table would have more columns than SQLite allows. Leave fields out in the source."},
    {"unknown-flag", "The program has no such flag. Its --help lists all of them."},
    {"unknown-setting",
     "A file, a variable or a URL names a setting that the program does not have. Nothing is "
     "passed over silently, because a typing error in a setting is otherwise found too late."},
    {"unreachable",
     "The source or destination could not be reached, however often it was tried: no "
     "network, a wrong name, or a server that is down."},
    {"url",
     "A URL is of a form that the program does not know. Its scheme comes first: "
     "sqlite:FILE, file:FOLDER?format=jsonl."},
    {"usage",
     "The command is not complete, or has a word too much. --help shows what is expected."},
    {"utf8", "A text is not UTF-8, so its characters cannot be known."},
    {"value-too-long", "A value is longer than the database can store in one cell."},
    {"variable-missing",
     "A file of settings uses ${NAME}, and there is no variable NAME in the environment. A "
     "dollar sign itself is written $$."},
    {"which-pipeline",
     "Several pipelines load into this destination, so the command needs --pipeline NAME."},
    {"widening-inexact",
     "A column would have to take a wider type, and some of the values that it has would "
     "change by that. Nothing was changed; load anew with --refresh STREAM."},
});

}  // namespace

std::span<const Explanation> explanations() {
    return kExplanations;
}

const Explanation* explanation_of(std::string_view id) {
    const auto found = std::ranges::lower_bound(kExplanations, id, {}, &Explanation::id);
    return found != kExplanations.end() && found->id == id ? &*found : nullptr;
}

}  // namespace streams
