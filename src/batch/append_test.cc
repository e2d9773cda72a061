#include "batch/append.h"

#include "batch/test_loading.h"

namespace streams {
namespace {

std::string record_of(int number) {
    const std::string text = std::to_string(number);
    std::string record = "{\"i\":" + text;
    if (number % 3 != 0)
        record += ",\"t\":\"" + std::string(static_cast<std::size_t>(number), 'x') + "\"";
    if (number % 5 < 3) record += number % 2 == 0 ? ",\"b\":true" : ",\"b\":false";
    if (number > 20) record += ",\"d\":" + text + ".5";
    return record + ",\"j\":[" + text + "]}";
}

// Rows first to last, loaded at once.
Batch loaded(int first, int last) {
    auto loading = Loading::declared(
        R"({"properties":{"i":{"type":"integer"},"t":{"type":"string"},"b":{"type":"boolean"},
            "d":{"type":"number"},"j":{"type":"array"}}})");
    for (int i = first; i <= last; ++i) EXPECT_EQ(loading.add(record_of(i)), Verdict::Stored);
    return loading.builder().take();
}

std::string text_of(const Batch& batch) {
    std::string text;
    for (const Column& column : batch.columns) {
        EXPECT_EQ(column.rows, batch.rows);
        for (std::size_t row = 0; row < batch.rows; ++row) {
            if (column.is_null(row)) {
                text += "null ";
            } else if (Column::has_bytes(column.type)) {
                text += std::string(column.text(row)) + " ";
            } else if (column.type == Type::Boolean) {
                text += column.boolean(row) ? "true " : "false ";
            } else {
                text += std::to_string(column.integer(row)) + " ";
            }
        }
        text += std::to_string(column.nulls) + " nulls\n";
    }
    return text;
}

TEST(AppendRows, GivesTheSameRowsWhereverTheyWereCut) {
    const auto whole = text_of(loaded(1, 40));
    for (int cut = 0; cut <= 40; ++cut) {
        Batch batch;
        const auto front = loaded(1, cut);
        const auto back = loaded(cut + 1, 40);
        append_rows(batch, front, 0, front.rows);
        append_rows(batch, back, 0, back.rows);
        EXPECT_EQ(text_of(batch), whole) << "cut at " << cut;
    }
}

TEST(AppendRows, TakesRowsOneByOneOutOfTheMiddle) {
    const auto from = loaded(1, 40);
    Batch batch;
    for (std::size_t row = 9; row < 33; ++row) append_rows(batch, from, row, 1);
    EXPECT_EQ(text_of(batch), text_of(loaded(10, 33)));
}

TEST(AppendRows, GoesOnBehindABatchThatWasTakenFromItsBuilder) {
    auto batch = loaded(1, 17);
    append_rows(batch, loaded(18, 40), 0, 23);
    EXPECT_EQ(text_of(batch), text_of(loaded(1, 40)));
}

}  // namespace
}  // namespace streams
