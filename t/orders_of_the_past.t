# Orders of years: from Commerce's REST interface into a file, from there through nginx to Edge, while Edge and the programs
# come and go.

use strict;
use warnings;

use AepBackOffice;
use AepCommerce;
use AepEdge;
use AepServer;
use Cwd ();
use File::Basename ();
use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep);

my $bin       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../bin');
my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
my $file      = "$directory/orders.ndjson";
my $count     = 1500;

my $edge     = AepEdge->start;
my $shop     = AepBackOffice->start($edge, workers => 2);
my $url      = 'http://127.0.0.1:' . $shop->server->port . '/orders';
my $commerce = AepCommerce->start(token => 'the-token', orders => [map { $shop->order($_)->{order} } 1 .. $count]);

$ENV{COMMERCE_TOKEN}        = 'the-token';
$ENV{AEP_BACK_OFFICE_TOKEN} = $AepBackOffice::token;

sub begin_backfill {
    my @options = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>>', "$directory/out";
        open STDERR, '>>', "$directory/err";
        exec "$bin/aep-backfill", @options, $file, $url or die "exec: $!";
    }
    return $pid;
}

sub content_of {
    my $name = shift;
    open my $in, '<', $name or return '';
    local $/;
    return <$in> // '';
}

`$bin/aep-export-orders @{[$commerce->url]} $file 2>&1`;
is($?, 0, 'the orders are written');

$edge->mode({ action => 'collect', status => 503, retryAfter => 1 });
my $pid = begin_backfill('--documents', 100, '--rate', 400);
AepServer::wait_until(sub { content_of("$file.state") =~ /"line":[3-9]00/ });
kill KILL => $pid;
waitpid $pid, 0;
$pid = begin_backfill('--documents', 100, '--rate', 400);
AepServer::wait_until(sub { content_of("$file.state") =~ /"line":(?:[89]|1\d)00/ });
$edge->recover;
kill TERM => $pid;
waitpid $pid, 0;
$edge->mode({ action => 'collect', status => 503, times => 3 });
$pid = begin_backfill('--documents', 100);
waitpid $pid, 0;
is($?, 0, 'all are taken, with two stops');
like(content_of("$directory/out"), qr/\A$count documents: \d+ accepted, \d+ duplicate, 0 ignored, 0 refused\n\z/, 'none is refused');

my %times;
AepServer::wait_until(sub {
    %times = ();
    ++$times{ $_->{_id} } for grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
    return keys %times >= $count;
});
is(scalar(keys %times), $count, 'Edge has each of them');
my ($event) = @{ $edge->events(limit => 1) };
is($event->{timestamp}, '2026-03-04T10:15:30Z', 'with its own time');
$shop->server->ends_soon;
$shop->server->is_clean('after the orders of the past');

done_testing;
