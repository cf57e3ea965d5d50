# Dead letters that an operator can repair stay, whatever visitors send: of what Edge refuses for what is in it, only the
# last are there to be looked at.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;

my $south = '22222222-2222-4222-8222-222222222222';
my $event = '{"events":[{"xdm":{"eventType":"%s","filler":"%s"}}]}';
my $edge  = AepEdge->start;

my $server = AepServer->start(edge => $edge->url, workers => 1, http => "aep_queue  AEP_DIRECTORY/aep-queue max_size=2m;\n"
        . AepServer::website('south.example', "aep_datastream_id  $south;"));

my $number = 0;

sub beacon {
    my ($type, $host, $size) = @_;
    return $server->client->post('/ee/v1/collect?requestId=d' . ++$number, sprintf($event, $type, 'x' x $size),
        Host => $host, Origin => "https://$host")->{status};
}

sub kept { my $type = shift; return scalar(grep { $_->{body} =~ /"$type"/ } $server->queue->dead_letters) }

$edge->mode({ containing => 'junk', status => 400 });
$edge->add_mode({ status => 422 });
beacon('parked', 'shop.example', 500) for 1 .. 50;
ok(AepServer::wait_until(sub { kept('parked') == 50 }, 60), '50 dead letters wait for an operator');

beacon('junk', 'shop.example', 40_000) for 1 .. 60;
ok($server->queue->becomes_empty, 'Edge refuses what a visitor sends');
is(kept('parked'), 50, '50 of 50 dead letters are still there');
is(kept('junk'),   0,  'junk is none');
my @samples = map { $server->queue->rows($_, 'SELECT status, reason FROM samples') } $server->queue->files;
is(scalar @samples, 20, 'the last 20 can be looked at');
is($samples[0]{status}, 400, 'with what Edge said');

# What waits for an operator has a limit as well: who has the most pays for it.
beacon('many', 'south.example', 40_000) for 1 .. 30;
ok($server->queue->becomes_empty, 'another website gets many');
is(kept('parked'), 50, 'the first website\'s stay');
cmp_ok(kept('many'), '<', 30, 'the other website\'s oldest go');
$server->quit;
unlike($server->log, qr/exited on signal|Sanitizer|\[emerg\]/, 'no process died');

done_testing;
