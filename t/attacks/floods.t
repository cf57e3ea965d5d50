# Ten seconds of a flood at one website, through several connections at once: while Edge is away, and while it works. The
# other website's beacons are kept, and delivered soon; its pages come as if there were no flood.

use strict;
use warnings;

use AepEdge;
use AepServer;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $south   = '22222222-2222-4222-8222-222222222222';
my $event   = '{"events":[{"xdm":{"eventType":"%s","filler":"%s"}}]}';
my $seconds = $ENV{AEP_QUICK} ? 4 : 10;
my $edge    = AepEdge->start(keep => 200_000);    # what the others send, among all of a flood

sub start {
    my $max_size = shift;
    $edge->clear;
    return AepServer->start(edge => $edge->url, workers => 2, http => "aep_queue  AEP_DIRECTORY/aep-queue max_size=$max_size;\n"
        . AepServer::website('south.example', "aep_datastream_id  $south; location = /ping { return 204; }"));
}

# Processes that send as fast as they can, until their time is over.
sub flood {
    my ($server, $size) = @_;
    my $until = time + $seconds;
    my @children;
    for my $child (1 .. 3) {
        my $pid = fork // die "fork: $!";
        if ($pid == 0) {
            my $number = 0;
            while (time < $until) {
                $server->client->post("/ee/v1/collect?requestId=f$child-" . ++$number, sprintf($event, 'flood', 'x' x $size));
            }
            POSIX::_exit(0);
        }
        push @children, $pid;
    }
    return @children;
}

# One beacon of the other website each tenth of a second as long as the flood lasts: statuses, and the worst ping in ms.
sub other_website {
    my $server = shift;
    my ($until, $number, $worst, %statuses) = (time + $seconds, 0, 0);
    while (time < $until) {
        my $status = $server->client->post('/ee/v1/collect?requestId=o' . ++$number, sprintf($event, "honest.$number", ''),
            Host => 'south.example', Origin => 'https://south.example')->{status};
        $statuses{$status}++;
        my $begun = time;
        $server->client->get('/ping', Host => 'south.example');
        my $ping = 1000 * (time - $begun);
        $worst = $ping if $ping > $worst;
        sleep 0.1;
    }
    return ($number, $worst, \%statuses);
}

sub honest { return scalar(grep { $_->{outcome} eq 'accepted' && $_->{eventType} =~ /^honest/ } @{ $edge->events(datastream => $south) }) }

for my $case (['while Edge is away', '16m', 20_000, { status => 503 }], ['while Edge works', '1g', 500, {}]) {
    my ($name, $max_size, $size, $mode) = @$case;
    subtest "a flood $name" => sub {
        my $server = start($max_size);
        $edge->mode($mode) if %$mode;
        my @children = flood($server, $size);
        my ($count, $worst, $statuses) = other_website($server);
        waitpid $_, 0 for @children;
        is_deeply($statuses, { 204 => $count }, 'all beacons of the other website are kept');
        diag(sprintf '%s: %d of %d kept, worst ping %.0f ms', $name, $statuses->{204} // 0, $count, $worst);
        $edge->recover;
        my $begun = time;
        ok(AepServer::wait_until(sub { honest() == $count }, 30), 'and with Edge soon after')
            or diag(honest() . " of $count");
        diag(sprintf 'delivered %.1f s after the flood', time - $begun);
        $server->quit;
        unlike($server->log, qr/exited on signal|Sanitizer|\[emerg\]/, 'no process died');
    };
}

done_testing;
