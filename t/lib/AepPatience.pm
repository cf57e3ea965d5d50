package AepPatience;

# How long something may take at most. Under a sanitizer or valgrind everything takes several times as long.
#
#     cmp_ok($server->quit, '<', patience(3), 'nginx ends soon');

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(is_instrumented patience patient_edge);

# Whether a sanitizer or valgrind watches nginx: it then has its own memory, too.
sub is_instrumented { return $ENV{TEST_NGINX_LD_PRELOAD} || $ENV{AEP_VALGRIND} ? 1 : 0 }

# How long a page waits for Edge where a test is not about that: a machine that stands still for a second must not turn a
# delivered event into a queued one. No longer than a transfer may take.
sub patient_edge { return 'connect_timeout=10s answer_timeout=10s' }

sub patience { my $time = shift; return $time * (is_instrumented() ? 5 : 1) }

1;
