# A flood at one website while Edge is away: the other website's events are kept all the same, and the back office's.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;
use Time::HiRes qw(time);

my $south = '22222222-2222-4222-8222-222222222222';
my $event = '{"events":[{"xdm":{"eventType":"web.webpagedetails.pageViews","filler":"%s"}}]}';
my $edge  = AepEdge->start;
$edge->mode({ status => 503 });

my $server = AepServer->start(edge => $edge->url, workers => 2, http => "aep_queue  AEP_DIRECTORY/aep-queue max_size=8m;\n"
        . AepServer::website('south.example', "aep_datastream_id  $south;"));

my $number = 0;

sub beacon {
    my ($host, $size) = @_;
    return $server->client->post('/ee/v1/collect?requestId=f' . ++$number, sprintf($event, 'x' x $size),
        Host => $host, Origin => "https://$host")->{status};
}

my ($kept, $refused, @others) = (0, 0);
for my $round (1 .. 96) {
    for (1 .. 10) {
        my $status = beacon('shop.example', 20_000);
        $kept    += $status == 204;
        $refused += $status == 503;
    }
    push @others, beacon('south.example', 2_000);
}
cmp_ok($refused, '>', 100, "the flood is refused in the end ($kept kept, $refused refused)");
is(scalar(grep { $_ == 204 } @others), 96, 'none of the other website\'s events');
like($server->log, qr/\[alert\].*takes no more events for datastream "ebebf826/, 'the log says whose part is full');

$edge->recover;
ok($server->queue->becomes_empty(90), 'all that was kept is delivered');
my %taken;
$taken{ $_->{datastream} }++ for grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
is($taken{$south}, 96, 'all of the other website');
$server->quit;
unlike($server->log, qr/exited on signal|Sanitizer|\[emerg\]/, 'no process died');

done_testing;
