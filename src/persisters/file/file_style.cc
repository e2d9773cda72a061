#include "persisters/file/file_style.h"

#include <utility>

namespace streams::file {
namespace {

std::unexpected<Error> wrong(const Settings& settings, const std::string& setting,
                             std::string what) {
    return std::unexpected(Error{
        ErrorKind::Config, "setting-value", std::move(what), settings.origin(setting), {}, {}});
}

Format format_of(const std::string& word) {
    if (word == "csv") return Format::Csv;
    return word == "parquet" ? Format::Parquet : Format::Jsonl;
}

Result<CsvStyle> csv_style_of(const Settings& settings) {
    CsvStyle style;
    auto delimiter = settings.text("delimiter");
    if (delimiter == "\\t" || delimiter == "tab") delimiter = "\t";
    const bool is_usable =
        delimiter.size() == 1 && std::string("\"\r\n").find(delimiter) == std::string::npos;
    if (!is_usable) {
        return wrong(
            settings, "delimiter",
            "delimiter is one character that is neither a quote nor a line end: , ; | tab");
    }
    style.delimiter = delimiter[0];
    style.has_header = settings.boolean("header");
    style.line_end = settings.text("line_end") == "lf" ? "\n" : "\r\n";
    style.null_text = settings.text("null_text");
    if (style.null_text.find_first_of(delimiter + "\"\r\n") != std::string::npos) {
        return wrong(settings, "null_text",
                     "null_text cannot hold what separates cells: it is never quoted");
    }
    style.guards_formulas = settings.boolean("formula_guard");
    return style;
}

Result<Compression> compression_of_files(const Settings& settings, Format format) {
    const bool is_parquet = format == Format::Parquet;
    if (!settings.has("compression")) return is_parquet ? Compression::Zstd : Compression::None;
    const auto compression = compression_of(settings.text("compression"));
    if (!compression) return wrong(settings, "compression", "there is no such compression");
    if (*compression == Compression::Snappy && !is_parquet) {
        return wrong(settings, "compression", "only Parquet knows snappy; here are gzip and zstd");
    }
    return *compression;
}

}  // namespace

std::string FileStyle::ending() const {
    if (format == Format::Parquet) return ".parquet";
    return (format == Format::Csv ? ".csv" : ".jsonl") + std::string(ending_of(compression));
}

Spec spec_of(const std::string& program, const std::string& format) {
    using Kind = Setting::Kind;
    return Spec(program, "Appends each stream to files of its own folder.")
        .add({.name = "path",
              .description = "The folder; it is made if it does not exist.",
              .required = true})
        .add({.name = "format",
              .description = "What the files hold.",
              .fallback = format,
              .choices = {"jsonl", "csv", "parquet"}})
        .add({.name = "compression",
              .description = "How they are packed; without it Parquet by zstd, the others not.",
              .choices = {"none", "gzip", "zstd", "snappy"}})
        .add({.name = "partition",
              .kind = Kind::List,
              .description =
                  "Folders below the stream's: FIELD, or FIELD:day, :month, :year of a time."})
        .add({.name = "delimiter",
              .description = "CSV: what stands between cells; tab for a tab.",
              .fallback = ","})
        .add({.name = "header",
              .kind = Kind::Boolean,
              .description = "CSV: begin each file with the names of the columns.",
              .fallback = "true"})
        .add({.name = "line_end",
              .description = "CSV: crlf as RFC 4180 has it, or lf.",
              .fallback = "crlf",
              .choices = {"crlf", "lf"}})
        .add({.name = "null_text",
              .description = "CSV: what stands for null, never in quotes; the empty text is \"\"."})
        .add({.name = "formula_guard",
              .kind = Kind::Boolean,
              .description = "CSV: put ' in front of texts that a spreadsheet would run.",
              .fallback = "false"});
}

Result<FileStyle> style_of(const Settings& settings, std::size_t memory) {
    FileStyle style;
    style.memory = memory;
    style.format = format_of(settings.text("format"));
    style.is_frozen = settings.text("evolution") == "freeze";
    auto compression = compression_of_files(settings, style.format);
    if (!compression) return std::unexpected(std::move(compression).error());
    style.compression = *compression;
    auto csv = csv_style_of(settings);
    if (!csv) return std::unexpected(std::move(csv).error());
    style.csv = *std::move(csv);
    for (const auto& term : settings.list("partition")) {
        style.partition.push_back(partition_term(term));
    }
    if (style.format == Format::Parquet) {
        auto parquet = load_parquet();
        if (!parquet) return std::unexpected(std::move(parquet).error());
        style.parquet = *parquet;
    }
    return style;
}

}  // namespace streams::file
