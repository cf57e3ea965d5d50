package AepPatience;

# How long something may take at most. Under a sanitizer or valgrind everything takes several times as long.
#
#     cmp_ok($server->quit, '<', patience(3), 'nginx ends soon');

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(is_instrumented patience);

# Whether a sanitizer or valgrind watches nginx: it then has its own memory, too.
sub is_instrumented { return $ENV{TEST_NGINX_LD_PRELOAD} || $ENV{AEP_VALGRIND} ? 1 : 0 }

sub patience { my $time = shift; return $time * (is_instrumented() ? 5 : 1) }

1;
