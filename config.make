# shellcheck shell=sh disable=SC2154
# nginx's configure reads this file when it has written its Makefile, which compiles C and C++ with the same CFLAGS:
# our objects get what C++ needs as target-specific variables.

for aep_file in $aep_sources; do
    aep_object=$(basename "$(dirname "$aep_file")")/$(basename "$aep_file" .cpp).o
    echo "$NGX_OBJS/addon/$aep_object: CFLAGS += -std=c++20 -fvisibility=hidden -I$ngx_addon_dir/src $aep_isal_flag"
done >> "$NGX_MAKEFILE"
