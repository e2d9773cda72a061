# Sets DuckDB_FOUND and the target DuckDB::DuckDB. Debian has no DuckDB: `tools/library duckdb` brings one.
find_path(DuckDB_INCLUDE_DIR duckdb.h HINTS ${PROJECT_SOURCE_DIR}/build/library/duckdb/include)
find_library(DuckDB_LIBRARY duckdb HINTS ${PROJECT_SOURCE_DIR}/build/library/duckdb/lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB
    "persist-duckdb is left out; tools/library duckdb brings what it needs"
    DuckDB_LIBRARY DuckDB_INCLUDE_DIR)

if(DuckDB_FOUND AND NOT TARGET DuckDB::DuckDB)
    # Beside the programs, so that the folder can be moved as a whole: they look in $ORIGIN/../lib.
    set(copy ${PROJECT_BINARY_DIR}/lib/libduckdb.so)
    if(${DuckDB_LIBRARY} IS_NEWER_THAN ${copy})
        file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
        file(COPY_FILE ${DuckDB_LIBRARY} ${copy} ONLY_IF_DIFFERENT)
    endif()
    add_library(DuckDB::DuckDB SHARED IMPORTED)
    set_target_properties(DuckDB::DuckDB PROPERTIES
        IMPORTED_LOCATION ${copy} IMPORTED_SONAME libduckdb.so
        INTERFACE_INCLUDE_DIRECTORIES ${DuckDB_INCLUDE_DIR})
endif()
