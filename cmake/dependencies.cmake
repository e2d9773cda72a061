# Everything that is not ours. A program links only its own row.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(zstd REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(RE2 REQUIRED)           # cmake/FindRE2.cmake: Debian ships no configuration for it
find_package(Microhttpd REQUIRED)    # cmake/FindMicrohttpd.cmake
find_package(DuckDB)                 # cmake/FindDuckDB.cmake: only persist-duckdb, which is left out without it
find_package(Arrow)                  # cmake/FindArrow.cmake: only the library for Parquet, which is left out without it
if(STREAMS_TESTS)
    find_package(GTest REQUIRED)
endif()
