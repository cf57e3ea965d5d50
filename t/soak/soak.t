# A day of a shop in short: pages, events, beacons, consents and back office documents without a break, an outage of Edge, and
# a reload each minute. Memory, descriptors, threads and files must stay what they are, and nothing may get lost.
#
# Two nginx take turns with every request: one is reloaded each minute, one is left alone, so that its worker gets old.
# AEP_SOAK_SECONDS is how long it takes (3600, at least 100), AEP_SOAK_RATE how many events are sent in a second (100). A
# twelfth of the time Edge is away. What was measured each minute is printed as notes: prove -v.

use strict;
use warnings;

use AepBackOffice;
use AepEdge;
use AepServer;
use AepVisitors;
use File::Temp ();
use List::Util qw(max);
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds   = max(100, $ENV{AEP_SOAK_SECONDS} || 3600);    # less has no minute after the outage
my $rate      = $ENV{AEP_SOAK_RATE}    || 100;
my $interval  = max(10, $seconds >= 600 ? 60 : $seconds / 10);
my $pages     = 40;                                                # a second
my $documents = 4;                                                 # a second

my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
my $journal   = "$directory/edge.journal";
my $edge_port = AepServer::free_port();
my $edge;
my %process_of;    # those that send pages and documents

sub edge_comes { $edge = AepEdge->start(http => $edge_port, journal => $journal, keep => 100); return }
edge_comes();

sub shop {
    my $shop = AepBackOffice->start($edge,
        edge    => "http://127.0.0.1:$edge_port answer_timeout=300ms connect_timeout=500ms timeout=2s",
        workers => 1,
        http    => 'gzip on; gzip_min_length 0; keepalive_requests 1000; client_body_buffer_size 64k;');
    my $html = $shop->server->directory . '/html';
    mkdir $html;
    chmod 0755, $shop->server->directory, $html;
    open my $out, '>', "$html/shop.html" or die "shop.html: $!";
    print $out '<!doctype html><html><head><title>Shop</title></head><body>', map { "<p>Product $_ of our shop</p>\n" } 1 .. 1700;
    close $out or die "shop.html: $!";
    return $shop;
}

my ($reloaded, $steady) = my @shops = (shop(), shop());

# A process that does something so often in a second until it is told to end; it leaves two numbers: how often that went
# well, and how often not.
sub repeat {
    my ($name, $frequency, $work) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        my ($is_ending, $good, $bad, $next) = (0, 0, 0, time);
        local $SIG{TERM} = sub { $is_ending = 1 };
        until ($is_ending) {
            eval { $work->($good + $bad) } ? $good++ : $bad++;
            $next = max($next + 1 / $frequency, time - 1);
            sleep($next - time) if $next > time;
        }
        open my $out, '>', "$directory/$name" or die "$name: $!";
        print $out "$good $bad";
        close $out or die "$name: $!";
        require POSIX;
        POSIX::_exit(0);
    }
    $process_of{$name} = $pid;
    return;
}

sub outcome {
    my $name = shift;
    my $pid  = delete $process_of{$name};
    kill TERM => $pid;
    waitpid $pid, 0;
    open my $in, '<', "$directory/$name" or return (0, 1);
    return split ' ', <$in>;
}

END {
    kill KILL => values %process_of;
    waitpid $_, 0 for values %process_of;
}

sub read_page {
    my $number = shift;
    my $answer = $shops[$number % 2]->server->client->get('/shop.html');
    return $answer->{status} == 200 && $answer->{body} =~ /<script [^>]*data-aep=/ && $answer->{body} =~ m{</p>\n\z};
}

sub send_document {
    my $number = shift;
    return $shops[$number % 2]->post($shops[0]->order($number + 1))->{status} == 202;
}

sub text_of {
    my $file = shift;
    open my $in, '<', $file or return '';
    local $/;
    return scalar <$in> // '';
}

# KiB of a process that are no file's, its descriptors and its threads.
sub measure {
    my $pid = shift;
    my %of  = text_of("/proc/$pid/status") =~ /^(RssAnon|Threads):\s+(\d+)/mg;
    return { memory => $of{RssAnon} // 0, threads => $of{Threads} // 0, descriptors => scalar(() = glob "/proc/$pid/fd/*") };
}

sub sample {
    my @files = map { glob $_->server->queue->directory . '/*' } @shops;
    return {
        'reloaded master' => measure($reloaded->server->pid),
        'reloaded worker' => measure(($reloaded->server->workers)[-1]),
        'steady worker'   => measure(($steady->server->workers)[0]),
        queues            => { files => scalar @files },
    };
}

sub describe {
    my $sample = shift;
    return join '; ', map { my $name = $_; "$name: " . join ', ', map { "$sample->{$name}{$_} $_" } sort keys %{ $sample->{$name} } }
        sort keys %$sample;
}

my $visitors = AepVisitors->start(port => [map { $_->server->port } @shops], rate => $rate, repeats => 0);
repeat(pages => $pages, \&read_page);
repeat(documents => $documents, \&send_document);

my $begun  = time;
my $is_out = 0;
my @samples;
my $reloads = 0;
for (my $next = $begun + $interval; $next <= $begun + $seconds; $next += $interval) {
    sleep max(0, $next - 5 - time);    # what a reload leaves has gone by then
    push @samples, sample();
    note sprintf '%4d s: %s', time - $begun, describe($samples[-1]);
    sleep max(0, $next - time);
    my $is_away = abs(time - $begun - $seconds / 2) <= $seconds / 24;
    if ($is_away != $is_out) {
        $is_out = $is_away;
        note $is_away ? 'Edge is away' : 'Edge is back';
        $is_away ? $edge->stop : edge_comes();
    }
    $reloads += $reloaded->server->reload ? 1 : 0;
}
edge_comes() if $is_out;
cmp_ok($reloads, '>=', 2, 'nginx was reloaded');

my ($good_pages, $bad_pages)         = outcome('pages');
my ($good_documents, $bad_documents) = outcome('documents');
my $requests = $visitors->stop;
cmp_ok($good_pages, '>', $pages * $seconds / 3, 'pages were read');
is($bad_pages, 0, 'each of them whole, with the tag');
cmp_ok($good_documents, '>', $documents * $seconds / 3, 'documents were taken');
is($bad_documents, 0, 'each of them');

my @directories = map { $_->server->queue->directory } @shops;
ok(AepServer::wait_until(sub { sleep 1; !grep { $_->queue->entries || $_->queue->orders } map { $_->server } @shops }, 300),
    'the queues get empty');
my $last = sample();
note 'the end: ' . describe($last);
$_->server->quit for @shops;
$edge->stop;

my $account = $visitors->audit(edge => $journal, queue => \@directories);
diag(join ', ', map { "$_: $account->{$_}" } grep { !ref $account->{$_} } sort keys %$account);
is($account->{requests}, $requests, 'all requests are known');
is($account->{missingCount}, 0, 'no event is lost') or diag explain $account->{missing};
is(scalar @{ $account->{wrongConsents} }, 0, 'the last word of each visitor is what Edge has') or diag explain $account->{wrongConsents};
my %orders = map { $_ => 1 } text_of($journal) =~ /\["([^"]+)","(?!visitors\.)[^"]+"\]/g;
is(scalar keys %orders, $good_documents, 'each document is with Edge');

# Flat: no more at the end than before the outage, and than some time after it. In a worker that is older than all reloads
# the allocator keeps what the backlog needed once (6 MB). Descriptors come and go with visitors' connections.
my %margin_of = (memory => 512, descriptors => 32, threads => 0, files => 4);
my %since     = ('since before the outage' => 1 / 3, 'since the outage' => 3 / 4);
for my $since (sort keys %since) {
    my $then = $samples[max(0, int(@samples * $since{$since}) - 1)];
    for my $name (sort keys %$then) {
        for my $what (sort keys %{ $then->{$name} }) {
            my $kept    = $what eq 'memory' && $name eq 'steady worker' && $since{$since} < 1 / 2 ? 8192 : 0;
            my $allowed = $then->{$name}{$what} * ($what eq 'memory' ? 1.1 : 1) + $margin_of{$what} + $kept;
            cmp_ok($last->{$name}{$what}, '<=', $allowed, "$what of $name: flat $since");
        }
    }
}
$_->server->is_clean('after all that') for @shops;
done_testing;
