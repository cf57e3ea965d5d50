use strict;
use warnings;

# Where nginx's own configure puts the module's filters when they become part of the program: it knows no
# order for those, so `config` finds the places in its list.

use Cwd ();
use File::Basename ();
use File::Temp ();
use Test::More;

my $top       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);

# nginx's auto/module adds what is configured to the end of the list.
mkdir "$directory/auto";
open my $module, '>', "$directory/auto/module" or die "auto/module: $!";
print $module 'HTTP_FILTER_MODULES="$HTTP_FILTER_MODULES $ngx_module_name"', "\n";
close $module;

# The list that `config` makes of a list. A compiler that says yes stands in for the real one.
sub order {
    my @filters = map { "ngx_http_${_}_filter_module" } @_;
    my $script  = <<"SHELL";
        ngx_addon_dir=$top NGX_AUTOTEST=autotest NGX_AUTOCONF_ERR=/dev/null CC=true ngx_module_link=ADDON
        HTTP_FILTER_MODULES="@filters"
        . $top/config >&2 && echo "\$HTTP_FILTER_MODULES"
SHELL
    my $list = `cd $directory && sh -c '$script' 2>/dev/null`;
    is($?, 0, 'config runs');
    return join ' ', map { s/^ngx_http_//r =~ s/(?:_filter)?_module$//r } split ' ', $list;
}

is(order(qw(write header chunked v2 range_header gzip postpone ssi charset xslt sub addition gunzip headers copy)),
    'write header chunked v2 range_header aep_encoding gzip aep postpone ssi charset xslt sub addition gunzip headers copy'
    . ' aep_condition', 'in front of postpone, and around the filter that compresses');
is(order(qw(write header gzip brotli zstd postpone ssi headers)),
    'write header aep_encoding gzip brotli zstd aep postpone ssi headers aep_condition',
    'other filters that compress run behind the tag');
is(order(qw(write header gzip charset headers)), 'write header aep_encoding gzip aep charset headers aep_condition',
    'without SSI');
is(order(qw(write header gzip headers)), 'write header aep_encoding gzip aep headers aep_condition',
    'without SSI and charset');
is(order(qw(write header postpone ssi headers)), 'write header aep_encoding aep postpone ssi headers aep_condition',
    'without gzip');

done_testing;
