#include "persisters/duckdb/decimal_function.h"

#include <string>
#include <string_view>

#include "persisters/duckdb/decimals.h"

namespace streams::duckdb {
namespace {

void give_decimals(duckdb_function_info /*info*/, duckdb_data_chunk input, duckdb_vector output) {
    const auto rows = duckdb_data_chunk_get_size(input);
    auto* given = duckdb_data_chunk_get_vector(input, 0);
    auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(given));
    auto* validity = duckdb_vector_get_validity(given);
    std::string scratch;
    for (idx_t row = 0; row < rows; ++row) {
        if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) {
            duckdb_vector_ensure_validity_writable(output);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(output), row);
            continue;
        }
        const std::string_view text(duckdb_string_t_data(texts + row),
                                    duckdb_string_t_length(texts[row]));
        const auto canonical = canonical_text(text, scratch);
        duckdb_vector_assign_string_element_len(output, row, canonical.data(), canonical.size());
    }
}

}  // namespace

bool add_decimal_function(duckdb_connection connection) {
    auto* function = duckdb_create_scalar_function();
    auto* text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_scalar_function_set_name(function, "streams_decimal");
    duckdb_scalar_function_add_parameter(function, text);
    duckdb_scalar_function_set_return_type(function, text);
    duckdb_scalar_function_set_function(function, give_decimals);
    const bool is_made = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_scalar_function(&function);
    return is_made;
}

}  // namespace streams::duckdb
