# Events of a website that was removed from the configuration stay for it: they never go to another website's Edge.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;
use Time::HiRes qw(sleep);

my $datastream = '22222222-2222-4222-8222-222222222222';
my $edge       = AepEdge->start;    # of the website that stays
my $other_edge = AepEdge->start;    # of the one that goes

sub website {
    my $url = shift;
    return AepServer::website('other.example', "aep_datastream_id  $datastream; aep_edge  $url answer_timeout=10s;");
}

sub beacon {
    my ($server, $host) = @_;
    return $server->client->post('/ee/v1/collect', '{"events":[{"xdm":{"eventType":"web.webpagedetails.pageViews"}}]}',
        Host => $host, Origin => "https://$host");
}

sub sent_to { my $stand_in = shift; return scalar @{ $stand_in->requests } }

# Whatever Edge it has, its own or that of another website.
for my $case (['an Edge of its own', $other_edge], ["the other website's Edge", $edge]) {
    my ($name, $removed_edge) = @$case;
    subtest "a website with $name is removed" => sub {
        $_->clear for $edge, $other_edge;
        $_->recover for $edge, $other_edge;
        $removed_edge->mode({ status => 503 });
        my $server = AepServer->start(edge => $edge->url, workers => 1, http => website($removed_edge->url));
        is(beacon($server, 'other.example')->{status}, 204, 'its event is acknowledged');
        ok(AepServer::wait_until(sub { sent_to($removed_edge) }), 'and tried');
        is($server->queue->count, 1, 'it waits');

        $server->configure(http => '');
        ok($server->reload, 'the website is removed');
        ok(AepServer::wait_until(sub { 1 == (() = $server->workers) }), 'the old worker ends');
        $_->clear   for $edge, $other_edge;
        $_->recover for $edge, $other_edge;
        ok($server->wait_for_log(qr{\[warn\].*"$datastream" wait in the queue.*put the website back}, 90),
            'the log says what to do');
        is(beacon($server, 'shop.example')->{status}, 204, 'an event of the website that stays is acknowledged');
        ok(AepServer::wait_until(sub { sent_to($edge) == 1 }), 'and delivered');
        sleep 0.5;
        is(sent_to($other_edge), 0, 'its own Edge gets nothing');
        is_deeply([map { $_->{datastream} } grep { $_->{datastream} eq $datastream } @{ $edge->requests }], [],
            'nor does any other');
        is($server->queue->count, 1, 'the event stays');
        $server->quit;
        ok($server->is_clean('nothing else'));
    };
}

done_testing();
