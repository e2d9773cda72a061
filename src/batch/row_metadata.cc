// The columns of a row that come from the message around its record.

#include "batch/row_writer.h"

namespace streams {

void RowWriter::fill_ours(const Message& message, std::int64_t received_us, std::int64_t sequence) {
    if (!stores_) return;
    for (const std::size_t index : ours_) {
        ColumnBuilder& column = columns_[index];
        TimeText time;
        switch (fields_[index].origin) {
            case Origin::TableVersion:
                if (message.version) column.integer(rows_, *message.version);
                break;
            case Origin::TimeExtracted:
                if (read_timestamp(message.time_extracted, time)) column.integer(rows_, time.value);
                break;
            case Origin::Received:
                column.integer(rows_, received_us);
                break;
            case Origin::Sequence:
                column.integer(rows_, sequence);
                break;
            case Origin::Record:
                break;
        }
    }
}

}  // namespace streams
